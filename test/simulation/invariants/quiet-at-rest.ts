/** I8: with nothing to do the runtime writes nothing, renders nothing and clones nothing. */

import { placeOf } from '../network';
import { isRuntime, keyOf, type Evidence } from './evidence';

/** What subscriptions ask for at their interval, and what a leader says to stay one. */
const ASKED_FOR: readonly string[] = ['look', 'list', 'watch', 'replace'];
/** What is asked for as long as a pull request is open: whether it still is, what its branch shows, and to be merged. */
const REQUESTED: readonly string[] = ['find', 'ls-remote', 'get', 'merge'];
/** What subscriptions to source branches ask for. */
const FOLLOWED = 'ls-remote';

export function quietAtRest(evidence: Evidence): string[] {
  const { scene } = evidence;
  const { rest } = scene;
  if (scene.endless) return ['the runtime never comes to rest'];
  // A window that opens and closes is something to do.
  if (scene.story.network.stations.some((plan) => evidence.comesAndGoes(keyOf(placeOf(plan))))) return [];
  const changes = scene.api.history.slice(rest.changes).filter(({ by }) => isRuntime(by));
  const heads = scene.git.history.slice(rest.heads).filter(({ by }) => isRuntime(by));
  const follows = scene.story.network.tracks.some((track) => track.follows !== undefined);
  const requested = scene.forges.requests.some(({ state }) => state === 'Open');
  const effects = [...scene.effects()].flatMap(([word, count]) => {
    const more = count - (rest.effects.get(word) ?? 0);
    const isAskedFor =
      ASKED_FOR.includes(word) || (follows && word === FOLLOWED) || (requested && REQUESTED.includes(word));
    return more === 0 || isAskedFor ? [] : [`${more} times ${word}`];
  });
  return [
    ...changes
      .slice(0, 1)
      .map(
        ({ object }) =>
          `the runtime wrote ${changes.length} times at rest, first ${object.kind} ${object.metadata.name}`,
      ),
    ...heads.slice(0, 1).map(({ branch }) => `the runtime moved ${branch} at rest`),
    ...(effects.length === 0 ? [] : [`the runtime was busy at rest: ${effects.join(', ')}`]),
  ];
}
