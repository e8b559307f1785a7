import { drawSvg, drawText, layOutMap } from '../../../runtime/dashboard';
import { network, regions, three } from './networks';

const same = (text: string): string => text;

test('the map in characters shows stops in order, and where tracks branch off', () => {
  expect(drawText(layOutMap(three.tracks, three.stations), same)).toEqual([
    '● test ─────● stage ─────● prod',
    '',
    'shop/main: test → stage → prod',
  ]);
  const text = drawText(layOutMap(regions.tracks, regions.stations), same).join('\n');
  expect(text).toMatch(/● release ──┼──● eu-canary ─+● eu-prod/);
  expect(text).toMatch(/╭──● us-east-canary/);
  expect(text).toContain('shop/asia: tokyo → singapore → sydney');
});

test('the map as SVG has each line, stop and name', () => {
  const svg = drawSvg(layOutMap(regions.tracks, regions.stations));
  expect(svg.match(/<path class="line/g)).toHaveLength(10);
  expect(svg.match(/<rect class="stop/g)).toHaveLength(13);
  for (const name of ['release', 'tokyo', 'europe']) expect(svg).toContain(`>${name}</text>`);
});

test('names that are markup stay names', () => {
  const hostile = '<script>alert(1)</script>"&\u0000';
  const { tracks, stations } = network({ [hostile]: ['test', `${hostile}2`] });
  const svg = drawSvg(layOutMap(tracks, stations));
  expect(svg).not.toContain('<script');
  expect(svg).not.toContain('\u0000');
  expect(svg).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;2');
});

test('a station that is not there is said to be missing', () => {
  const { tracks, stations } = three;
  const layout = layOutMap(tracks, stations.slice(0, 2));
  expect(drawSvg(layout)).toContain('shop/prod (no such Station)');
  expect(drawText(layout, same)[0]).toBe('● test ─────● stage ─────? prod');
});
