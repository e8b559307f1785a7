/** What is said to a server and what it answers: heads asked for, heads moved, and abilities. Pure. */

import type { HeadUpdate } from '../contract';
import { DELIMITER, FLUSH, lineOf, packet, packets } from './packets';

const NOTHING = '0'.repeat(40);
/** The words of a person's hook come in the second band, and Git's last ones in the third. */
const BAND = { data: 1, words: 2, fatal: 3 } as const;

/** What a server did with each head. */
export interface UpdateReport {
  /** Whether it took the objects; else nothing moved, and `words` say why. */
  readonly unpacked: boolean;
  /** By branch: whether it moved, and why not. */
  readonly heads: ReadonlyMap<string, { readonly landed: boolean; readonly reason: string }>;
  /** What it said to people. */
  readonly words: string;
}

/** The old ids make it compare-and-swap: a server moves no head that is not where it is said to be. */
export function updateRequest(updates: readonly HeadUpdate[], pack: Buffer): Buffer {
  const abilities = ['report-status', 'side-band-64k', ...(updates.length > 1 ? ['atomic'] : []), 'agent=k8sta'];
  const commands = updates.map(({ branch, expected, commit }, at) => {
    const command = `${expected ?? NOTHING} ${commit} refs/heads/${branch}`;
    return packet(at === 0 ? `${command}\0 ${abilities.join(' ')}` : command);
  });
  return Buffer.concat([...commands, FLUSH, pack]);
}

/** @throws Error where the answer is no report */
export function readReport(body: Buffer): UpdateReport {
  const report: Buffer[] = [];
  let words = '';
  for (const payload of packets(body)) {
    if (payload === undefined) continue;
    const band = payload[0];
    if (band === BAND.data) report.push(payload.subarray(1));
    else if (band === BAND.words || band === BAND.fatal) words += payload.toString('utf8', 1);
    // A server without bands reports as it is.
    else report.push(packet(payload.toString()));
  }
  const lines = packets(Buffer.concat(report)).flatMap((payload) => (payload === undefined ? [] : [lineOf(payload)]));
  const unpack = lines.find((line) => line.startsWith('unpack '))?.slice('unpack '.length);
  if (unpack === undefined) throw new Error(words.trim() || 'The server did not report what it did.');
  const heads = lines.flatMap((line) => {
    const [, verdict, branch = '', reason = ''] = /^(ok|ng) refs\/heads\/(\S+)(?: (.*))?$/.exec(line) ?? [];
    return verdict === undefined ? [] : [[branch, { landed: verdict === 'ok', reason }] as const];
  });
  const unpacked = unpack === 'ok';
  return { unpacked, heads: new Map(heads), words: unpacked ? words : `${words}unpack ${unpack}\n` };
}

/** Asks for heads of these branches alone, with the second version of the protocol, which needs no greeting. */
export function headsRequest(branches: readonly string[]): Buffer {
  const prefixes = branches.length > MOST_PREFIXES ? [''] : branches;
  return refsRequest(prefixes.map((branch) => `ref-prefix refs/heads/${branch}`));
}

/** Asks for all tags, and of annotated ones also what they are about. */
export const tagsRequest = (): Buffer => refsRequest(['peel', 'ref-prefix refs/tags/']);

const refsRequest = (what: readonly string[]): Buffer =>
  Buffer.concat([
    packet('command=ls-refs\n'),
    packet('agent=k8sta'),
    packet('object-format=sha1'),
    DELIMITER,
    ...what.map((line) => packet(`${line}\n`)),
    FLUSH,
  ]);

/** Servers stop looking at prefixes when there are very many. */
const MOST_PREFIXES = 100;

/** @throws Error where the answer is no list of refs */
export const readHeads = (body: Buffer): Map<string, string> =>
  readRefs(body, /^(?<commit>[0-9a-f]{40}) refs\/heads\/(?<name>\S+)/);

/** @throws Error where the answer is no list of refs */
export const readTags = (body: Buffer): Map<string, string> =>
  readRefs(body, /^(?<commit>[0-9a-f]{40}) refs\/tags\/(?<name>\S+)(?:.* peeled:(?<about>[0-9a-f]{40}))?/);

function readRefs(body: Buffer, form: RegExp): Map<string, string> {
  const answer = packets(body);
  if (answer.at(-1) !== undefined || answer.length === 0) throw new Error('The list of refs does not end.');
  const refs = new Map<string, string>();
  for (const payload of answer) {
    if (payload === undefined) continue;
    const line = lineOf(payload);
    const { commit, name, about = commit } = form.exec(line)?.groups ?? {};
    if (about === undefined || name === undefined) throw new Error(`The server said ${JSON.stringify(line)}.`);
    refs.set(name, about);
  }
  return refs;
}

/** Asks for the contents of these files and nothing else, with the second version of the protocol. */
export function blobsRequest(oids: readonly string[]): Buffer {
  return Buffer.concat([
    packet('command=fetch\n'),
    packet('agent=k8sta'),
    packet('object-format=sha1'),
    DELIMITER,
    packet('no-progress\n'),
    packet('ofs-delta\n'),
    ...oids.map((oid) => packet(`want ${oid}\n`)),
    packet('done\n'),
    FLUSH,
  ]);
}

/** @returns `undefined` where the server refuses to give them. @throws Error where the answer is no pack */
export function readPack(body: Buffer): Buffer | undefined {
  const [first, ...rest] = packets(body);
  const line = first === undefined ? '' : lineOf(first);
  if (line.startsWith('ERR ')) return undefined;
  if (line !== 'packfile' || rest.at(-1) !== undefined) throw new Error('The answer holds no pack, or half of one.');
  const parts = rest.flatMap((payload) => {
    if (payload?.[0] === BAND.fatal) throw new Error(payload.toString('utf8', 1).trim());
    return payload?.[0] === BAND.data ? [payload.subarray(1)] : [];
  });
  return Buffer.concat(parts);
}

/** What a server can do for a push, from its greeting. @throws Error where it is none */
export function readAbilities(body: Buffer): ReadonlySet<string> {
  const first = packets(body).find((payload) => payload?.includes(0));
  if (first === undefined) throw new Error('The greeting names no abilities.');
  return new Set(lineOf(first.subarray(first.indexOf(0) + 1)).split(' '));
}
