/** New versions and commits, and the tickets that people make for them. */

import { IMAGES, SOURCE_BRANCH } from '../network';
import { chosen, makeExpress, makeTicket, placesOf, type Verb } from './choice';

export const CHANGES = {
  image: (scene, choice) => {
    const track = chosen(scene.story.network.tracks, choice.which);
    if (track === undefined) return undefined;
    const repoURL = chosen(IMAGES, choice.how) ?? IMAGES[0];
    const tag = `1.${scene.number(`tag ${repoURL}`)}.0`;
    const made = makeTicket(scene, track, { change: { images: [{ repoURL, tag }] } });
    return `makes ticket ${made}: ${repoURL} ${tag}`;
  },
  publish: (scene) => {
    const tag = `2.${scene.number('published')}.0`;
    scene.registries.publish(IMAGES[0], tag, new Date(scene.timeline.now));
    return `pushes the image ${IMAGES[0]}:${tag}`;
  },
  source: (scene, choice) => {
    const track = chosen(scene.story.network.tracks, choice.which);
    const place = chosen(placesOf(scene.story.network), choice.how);
    if (track === undefined || place === undefined) return undefined;
    const number = scene.number('source');
    const broken = choice.how > 0.93 ? ' broken' : '';
    const edit =
      choice.which < 0.5
        ? { 'base/config': `base ${number}` }
        : { 'base/config': `base ${number}`, [`${place.branch}/config`]: `${place.branch} ${number}${broken}` };
    const commit = scene.git.commit(place.url, SOURCE_BRANCH, edit, scene.person);
    const made = makeTicket(scene, track, { change: { sources: [{ repoURL: place.url, commit }] } });
    return `commits ${Object.values(edit).join(' and ')} and makes ticket ${made} for it`;
  },
  overlay: (scene, choice) => {
    const place = chosen(placesOf(scene.story.network), choice.which);
    if (place === undefined) return undefined;
    const text = `${place.branch} ${scene.number('source')}`;
    const path = place.branch;
    const commit = scene.git.commit(place.url, SOURCE_BRANCH, { [`${path}/config`]: text }, scene.person);
    const change = { overlays: [{ repoURL: place.url, commit, path }] };
    const made = makeExpress(scene, place.station, change);
    return `commits ${text} and makes ticket ${made} for it`;
  },
  draft: (scene, choice) => {
    const place = chosen(placesOf(scene.story.network), choice.which);
    if (place === undefined) return undefined;
    const number = scene.number('source');
    const path = choice.how < 0.5 ? 'base' : place.branch;
    const edit = { [`${path}/config`]: `${path} ${number}` };
    const commit = scene.git.commit(place.url, SOURCE_BRANCH, edit, scene.person);
    // Now and then a release is tagged anew.
    const tag = choice.which > 0.9 ? `v1.${number - 1}.0` : `v1.${number}.0`;
    scene.git.tag(place.url, tag, commit);
    return `commits ${path} ${number}, tags it ${tag}, and makes no ticket for it`;
  },
} satisfies Record<string, Verb>;
