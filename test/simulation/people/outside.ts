/** What happens beside the tickets: foreign commits, resources made anew and edited, pods that crash. */

import { STATIONS } from '../../../runtime/resources';
import { applicationName, placeOf } from '../network';
import { applyStations } from '../resources';
import { chosen, isAt, name, placesOf, say, type Verb } from './choice';

export const OUTSIDE = {
  meddle: (scene, choice) => {
    const place = chosen(
      placesOf(scene.story.network).filter(({ url, branch }) => scene.git.head(url, branch) !== undefined),
      choice.which,
    );
    if (place === undefined) return undefined;
    const { url, branch } = place;
    const head = scene.git.head(url, branch) ?? '';
    const before = scene.git.objects.commit(head).parents[0];
    if (choice.how < 0.5) {
      const commit = scene.git.commit(url, branch, { 'NOTES.md': `note ${scene.number('note')}\n` }, scene.person);
      return `adds a note to ${branch} (${commit.slice(0, 7)})`;
    }
    if (choice.how < 0.8) {
      const number = scene.number('edit');
      const commit = scene.git.commit(url, branch, { 'deployment.apps_web.yaml': `edited: ${number}\n` }, scene.person);
      return `edits a manifest on ${branch} (${commit.slice(0, 7)})`;
    }
    if (choice.how < 0.9 && before !== undefined) {
      scene.git.force(url, branch, before, scene.person);
      return `sets ${branch} back to ${before.slice(0, 7)}`;
    }
    scene.git.force(url, branch, undefined, scene.person);
    return `deletes ${branch}`;
  },
  remakeStation: (scene, choice) => {
    const plan = chosen(scene.story.network.stations, choice.which);
    const station = scene.stations().find(isAt(plan && placeOf(plan)));
    if (plan === undefined || station === undefined) return undefined;
    scene.api.delete(STATIONS, station.metadata, scene.person);
    const again = 1_000 + choice.how * 30_000;
    scene.timeline.after(again, () => {
      applyStations({ stations: [plan] }, scene.api, scene.person);
      scene.tell(scene.person, `makes station ${plan.name} anew`);
    });
    return `deletes station ${plan.name}`;
  },
  enablePart: (scene, choice) => {
    const station = chosen(scene.stations(), choice.which);
    if (station === undefined) return undefined;
    const { applications, junctions } = station.spec;
    const place = Math.floor(choice.how * (applications.length + junctions.length));
    const [application, junction] = [applications[place], junctions[place - applications.length]];
    const turned = <T extends { readonly enabled: boolean }>(list: readonly T[], one: T | undefined): T[] =>
      list.map((other) => (other === one ? { ...other, enabled: !other.enabled } : other));
    say(scene, 'station', station, {
      applications: turned(applications, application),
      junctions: turned(junctions, junction),
    });
    const what = application === undefined ? `the way to track ${junction?.track}` : application.name;
    return `turns ${what} of ${name(station)} ${(application ?? junction)?.enabled ? 'off' : 'on'}`;
  },
  redefineTrack: (scene, choice) => {
    const track = chosen(scene.tracks(), choice.which);
    if (track === undefined) return undefined;
    const all = scene.story.network.tracks.find((one) => isAt(placeOf(one))(track))?.stations ?? [];
    const left = Math.floor(choice.how * (all.length + 1));
    const stations = all.filter((_station, index) => index !== left);
    if (stations.length === 0) return undefined;
    say(scene, 'track', track, { stations: stations.map((station) => ({ name: station })) });
    return `lets track ${name(track)} run ${stations.join(', ')}`;
  },
  crash: (scene, choice) => {
    const place = chosen(placesOf(scene.story.network), choice.which);
    if (place === undefined) return undefined;
    const application = `argocd/${applicationName(place.station.name, place.plan)}`;
    scene.argocd.turn(application, choice.how < 0.5 ? 'Degraded' : 'Healthy');
    return `sees ${application} turn ${choice.how < 0.5 ? 'Degraded' : 'Healthy'}`;
  },
} satisfies Record<string, Verb>;
