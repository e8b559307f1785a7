/** I2: for each ticket, station and application at most one commit takes effect, and one more for each resume. */

import type { Evidence } from './evidence';

export function oneEffect(evidence: Evidence): string[] {
  const groups = new Map<string, string[]>();
  for (const { ticket, station, application, commit, branch } of evidence.landings) {
    const key = `${ticket} at ${station} for ${application} on ${branch}`;
    groups.set(key, [...new Set([...(groups.get(key) ?? []), commit.commit])]);
  }
  return [...groups].flatMap(([key, commits]) => {
    const [ticket = '', , station = ''] = key.split(' ');
    const resumes = evidence.ticketAt(ticket, Infinity)?.object.spec.resumes?.length ?? 0;
    const lives = [...evidence.stations.values()].filter(([first]) => first?.object.metadata.name === station).length;
    const allowed = 1 + resumes + Math.max(0, lives - 1);
    if (commits.length <= allowed) return [];
    return [`${key}: ${commits.length} commits took effect (${commits.map((one) => one.slice(0, 7)).join(', ')})`];
  });
}
