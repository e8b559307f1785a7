/** I2: for each ticket, station and application at most one commit takes effect, and one more for each resume. */

import { ENDINGS, keyOf, type Evidence } from './evidence';

export function oneEffect(evidence: Evidence): string[] {
  return [...doubled(evidence), ...afterTheEnd(evidence), ...twins(evidence)];
}

function doubled(evidence: Evidence): string[] {
  const groups = new Map<string, string[]>();
  for (const { ticket, station, application, commit, branch } of evidence.landings) {
    const key = `${ticket} at ${station} for ${application} on ${branch}`;
    groups.set(key, [...new Set([...(groups.get(key) ?? []), commit.commit])]);
  }
  return [...groups].flatMap(([key, commits]) => {
    const [ticket = '', , station = ''] = key.split(' ');
    const resumes = evidence.ticketAt(ticket, Infinity)?.object.spec.resumes?.length ?? 0;
    const lives = [...evidence.stations.values()].filter(
      ([first]) => first !== undefined && keyOf(first.object.metadata) === station,
    ).length;
    const allowed = 1 + resumes + Math.max(0, lives - 1);
    if (commits.length <= allowed) return [];
    return [`${key}: ${commits.length} commits took effect (${commits.map((one) => one.slice(0, 7)).join(', ')})`];
  });
}

/** Nothing of a ticket takes effect once it has ended. */
function afterTheEnd(evidence: Evidence): string[] {
  return evidence.entries.flatMap(({ ticket: name, time, branch }) => {
    const ended = evidence.ticketNamed(name).find(({ object }) => ENDINGS.includes(object.status?.phase));
    if (ended === undefined || ended.from >= time) return [];
    return [
      `${name} ended ${ended.object.status?.phase} at ${evidence.second(ended.from)}, and moved ${branch} at ${evidence.second(time)}`,
    ];
  });
}

/** What a subscription chooses makes one ticket, and so does each track that branches off where a ticket arrives. */
function twins(evidence: Evidence): string[] {
  const seen = new Map<string, string>();
  return [...evidence.tickets.values()].flatMap(([first]) => {
    const { metadata, spec } = first?.object ?? {};
    const { subscription, parent, failed } = spec?.origin ?? {};
    const cause = subscription ?? parent?.name ?? failed?.name;
    if (metadata === undefined || spec === undefined || cause === undefined) return [];
    const identity = JSON.stringify(
      parent === undefined ? [metadata.labels, spec.origin, spec.change] : [parent.uid, parent.station, spec.track],
    );
    const other = seen.get(identity);
    seen.set(identity, metadata.name);
    return other === undefined ? [] : [`${other} and ${metadata.name} were both made for one choice of ${cause}`];
  });
}
