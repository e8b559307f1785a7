import fc from 'fast-check';
import { LineSplitter } from '../../../runtime/kube/lines';

function linesOf(chunks: readonly Buffer[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line.toString()));
  for (const chunk of chunks) splitter.feed(chunk);
  return lines;
}

describe('Lines of a byte stream', () => {
  test('are the same however the bytes are cut into chunks', () => {
    const cuts = fc.array(fc.nat(200), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 8 }), cuts, (texts, places) => {
        const lines = texts.map((text) => text.replaceAll('\n', ' '));
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const ends = [...places.filter((place) => place < bytes.length), bytes.length].sort(
          (one, other) => one - other,
        );
        const chunks = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
        const whole = lines.map((line) => Buffer.from(line).toString()).filter((line) => line !== '');
        expect(linesOf(chunks)).toEqual(whole);
      }),
    );
  });

  test('may be long', () => {
    const long = Buffer.from(`${'x'.repeat(1_000_000)}y\nshort\n`);
    const chunks = Array.from({ length: 70 }, (_, index) => long.subarray(index * 16_384, (index + 1) * 16_384));
    const [first, second, ...more] = linesOf(chunks);
    expect(first).toHaveLength(1_000_001);
    expect(first?.endsWith('xy')).toBe(true);
    expect([second, more]).toEqual(['short', []]);
  });

  test('do not include one that was cut off', () => {
    expect(linesOf([Buffer.from('whole\nhal')])).toEqual(['whole']);
  });

  test('may not grow without end', () => {
    const chunk = Buffer.alloc(16 * 1024 * 1024, 'x');
    expect(() => linesOf([chunk, chunk, chunk, chunk, chunk])).toThrow('longer than');
  });
});
