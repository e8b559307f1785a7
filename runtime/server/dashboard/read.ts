/** Reading our kinds as a person; what the API server refuses is said in its own words. */

import { type Kind, type Station, type Ticket, type Track } from '../../../lib/api';
import type { Answer, KubeObject } from '../../kube';
import { resourceOf } from '../../resources';
import { Refusal } from './answer';
import type { Person } from './access';
import type { Place } from './place';

export type Ours = Track | Station | Ticket;

/**
 * @returns nothing where there is none
 * @throws Refusal with the code and the words of the API server
 */
export async function read<K extends Ours>({ caller }: Person, kind: K['kind'], place: Place): Promise<K | undefined> {
  const answer = await caller.get(resourceOf<KubeObject & K>(kind), place);
  if ('value' in answer) return withoutManagers(answer.value);
  if (answer.code === 404) return undefined;
  throw refusalOf(answer);
}

/** The API server's no, with its code and in its words. */
export const refusalOf = ({ code, message }: Extract<Answer<unknown>, { reason: string }>): Refusal =>
  new Refusal(code, code === 401 ? 'the API server takes your token no longer: sign in again' : message);

export const gone = (kind: Kind, { namespace, name }: Place): Refusal =>
  new Refusal(404, `there is no ${kind.toLowerCase()} ${namespace}/${name} any more, or there never was`);

/** Who wrote which field is of no use to people, and most of an object. */
export function withoutManagers<K extends Ours>(object: K): K {
  const metadata: K['metadata'] & { managedFields?: unknown } = { ...object.metadata };
  delete metadata.managedFields;
  return { ...object, metadata };
}
