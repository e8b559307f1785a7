/** The pictures of networks in the documents, drawn from the examples as `k8sta map` draws them. */

import { resolve } from 'node:path';
import { Testing, type Chart } from 'cdk8s';
import { Gates } from '../../examples/gates/gates';
import { Guestbook } from '../../examples/guestbook/guestbook';
import { Regions } from '../../examples/junctions/regions';
import { networkIn } from '../../runtime/cli/network';
import type { Manifest } from '../../runtime/cli/manifests';
import { drawSvg, layOutMap } from '../../runtime/dashboard';

const REPOSITORY = 'https://git.example.com/guestbook.git';

export const PICTURES = resolve(__dirname, '../../docs/pictures');

/** Pictures by their file in `docs/pictures`. */
export const pictures = (): ReadonlyMap<string, string> =>
  new Map([
    ['guestbook.svg', drawn(new Guestbook(Testing.app(), 'guestbook', { repositoryURL: REPOSITORY }))],
    ['junctions.svg', drawn(new Regions(Testing.app(), 'junctions'))],
    ['gates.svg', drawn(new Gates(Testing.app(), 'gates'))],
  ]);

function drawn(chart: Chart): string {
  const objects = Testing.synth(chart) as Manifest['object'][];
  const { network } = networkIn(objects.map((object) => ({ file: 'dist', object })));
  const places = <Spec>(of: ReadonlyMap<string, { namespace: string; name: string; spec: Spec }>) =>
    [...of.values()].map(({ namespace, name, spec }) => ({ metadata: { namespace, name }, spec }));
  return drawSvg(layOutMap(places(network.tracks), places(network.stations), { direction: 'right' }));
}
