/** What a line of the log is about, by the same names on every line: namespace, track, station, ticket. */

import type { Job } from '../../journey';
import type { LogFields } from '../../log';

/** @param key of the queue: `track <namespace>/<name>`, `station ...`, `unreadable <Kind> ...` */
export function fieldsOfKey(key: string): LogFields {
  const words = key.split(' ');
  const [namespace = '', name = ''] = (words.at(-1) ?? '').split('/');
  const kind = (words.at(-2) ?? '').toLowerCase();
  return kind === '' ? { key } : { namespace, [kind]: name };
}

export function fieldsOfJob(job: Job): LogFields {
  return {
    ...('namespace' in job ? { namespace: job.namespace } : {}),
    ...('station' in job ? { station: job.station } : {}),
    ...('ticket' in job ? { ticket: job.ticket } : {}),
  };
}
