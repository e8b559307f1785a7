/** The stamps of a ticket, one line for each visit. */

import { shortCommit } from '../../../lib/api/words';
import type { Ticket } from '../../../lib/api';
import { between } from '../view/snapshot';
import { span } from '../view/text';

const MOST_COMMITS = 4;

export function describeVisits({ status }: Ticket): string[] {
  return (status?.stamps ?? []).map((stamp) => {
    const took = between(stamp.arrived, stamp.departed);
    const commits = [...new Set((stamp.commits ?? []).map(({ commit }) => shortCommit(commit)))];
    const more = commits.length > MOST_COMMITS ? [`and ${commits.length - MOST_COMMITS} more`] : [];
    const approvers = (stamp.approvals ?? []).map(({ by }) => by).join(', ');
    return [
      stamp.departed,
      stamp.station,
      stamp.result + (took === undefined ? '' : ` after ${span(took)}`),
      ...commits.slice(0, MOST_COMMITS),
      ...more,
      ...(approvers === '' ? [] : [`approved by ${approvers}`]),
      ...(stamp.message === undefined ? [] : [stamp.message]),
    ].join('  ');
  });
}
