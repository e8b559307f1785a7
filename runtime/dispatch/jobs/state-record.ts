/** `.k8sta/state.yaml`: the copy of the rendered state that every commit carries (rule A7). */

import { Value } from '@sinclair/typebox/value';
import { parse, stringify } from 'yaml';
import { API_VERSION, STATE_FILE, StateRecord } from '../../../lib/api';
import type { Git, TreeEntry } from '../../git';

/** Everything but what never varies. */
export type StateRecordContent = Omit<StateRecord, 'apiVersion' | 'kind'>;

/** The record as a file, byte-stable. */
export function writeStateRecord(content: StateRecordContent): Uint8Array {
  const { station, application, ticket, state, renderer, good, files } = content;
  const record: StateRecord = {
    apiVersion: API_VERSION,
    kind: 'RenderedState',
    station,
    application,
    ticket,
    state,
    renderer,
    ...(good === undefined ? {} : { good }),
    files: Object.fromEntries(Object.entries(files).sort(([one], [other]) => (one < other ? -1 : 1))),
  };
  const head = '# Written by K8sTA: what this branch shows, and how to make it again. Edits are not read.\n';
  return new TextEncoder().encode(head + stringify(record, { lineWidth: 0, aliasDuplicateObjects: false }));
}

/** The record in these bytes, or `undefined` where there is none that can be read. */
function readStateRecord(bytes: Uint8Array): StateRecord | undefined {
  try {
    const value: unknown = parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes), { maxAliasCount: 0 });
    return Value.Check(StateRecord, value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** One commit of a rendered branch: all its files, and the record of those that are ours. */
export interface BranchContent {
  readonly files: ReadonlyMap<string, TreeEntry>;
  readonly record: StateRecord | undefined;
}

/** Reads the files and the record of a commit. */
export async function branchContent(git: Git, repoURL: string, commit: string): Promise<BranchContent> {
  const files = await git.files(repoURL, commit);
  const entry = files.get(STATE_FILE);
  if (entry === undefined) return { files, record: undefined };
  const bytes = (await git.blobs(repoURL, [entry.oid])).get(entry.oid);
  return { files, record: bytes === undefined ? undefined : readStateRecord(bytes) };
}

/** Paths that the commit wrote and that its record lists, the record itself included. */
const managedPaths = (content: BranchContent): string[] =>
  content.record === undefined ? [] : [STATE_FILE, ...Object.keys(content.record.files)];

/** Managed files of `ours` that are not byte for byte the same in `head`. */
export function touchedPaths(ours: BranchContent, head: BranchContent): string[] {
  return managedPaths(ours).filter((path) => ours.files.get(path)?.oid !== head.files.get(path)?.oid);
}

/** Files that the record of this very commit lists with other bytes. */
export const editedPaths = ({ files, record }: BranchContent): string[] =>
  Object.entries(record?.files ?? {}).flatMap(([path, oid]) => (files.get(path)?.oid === oid ? [] : [path]));
