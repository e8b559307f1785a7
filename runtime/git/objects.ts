/** Git's objects as bytes: ids, trees and commits, made and read in this process. */

import { createHash } from 'node:crypto';
import type { CommitDescription, Person } from './contract';
import { MirrorDamaged } from './failure';

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

/** An object as it was read. */
export interface GitObject {
  readonly type: ObjectType;
  readonly size: number;
  /** Absent where the object was larger than asked for. */
  readonly content?: Buffer;
}

export interface EncodedObject {
  readonly oid: string;
  /** With its header, as it is hashed and stored. */
  readonly bytes: Buffer;
}

export function encodeObject(type: 'blob' | 'tree' | 'commit', content: Uint8Array): EncodedObject {
  const bytes = Buffer.concat([Buffer.from(`${type} ${content.byteLength}\0`), content]);
  return { oid: createHash('sha1').update(bytes).digest('hex'), bytes };
}

/** The id that Git gives a file with these bytes: equal ids mean equal bytes. */
export const blobId = (content: Uint8Array): string => encodeObject('blob', content).oid;

export const FOLDER_MODE = '40000';
export const FILE_MODE = '100644';

/** One row of a tree. Names are bytes to Git; as `latin1` each byte is one character, so that any name survives. */
export interface TreeRow {
  readonly mode: string;
  readonly name: string;
  readonly oid: string;
}

const ID_BYTES = 20;

export function parseTree(content: Buffer): TreeRow[] {
  const rows: TreeRow[] = [];
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at);
    const end = content.indexOf(0, space);
    if (space < 0 || end < 0 || end + 1 + ID_BYTES > content.length) {
      throw new MirrorDamaged('A tree ends in the middle of a row.');
    }
    rows.push({
      mode: content.toString('latin1', at, space),
      name: content.toString('latin1', space + 1, end),
      oid: content.toString('hex', end + 1, end + 1 + ID_BYTES),
    });
    at = end + 1 + ID_BYTES;
  }
  return rows;
}

/** Old tools wrote the mode of a folder with a leading zero. */
export const isFolder = (row: TreeRow): boolean => row.mode === FOLDER_MODE || row.mode === `0${FOLDER_MODE}`;

/** Git orders a folder as if its name ended with a slash. */
const orderOf = (row: TreeRow): string => (isFolder(row) ? `${row.name}/` : row.name);

export function encodeTree(rows: readonly TreeRow[]): EncodedObject {
  const ordered = rows.map((row) => ({ row, order: orderOf(row) }));
  ordered.sort((one, other) => (one.order < other.order ? -1 : one.order > other.order ? 1 : 0));
  const parts = ordered.flatMap(({ row }) => [
    Buffer.from(`${row.mode} ${row.name}\0`, 'latin1'),
    Buffer.from(row.oid, 'hex'),
  ]);
  return encodeObject('tree', Buffer.concat(parts));
}

/**
 * A commit in UTC, with author and committer alike. The message ends with exactly one newline.
 *
 * @param sign makes a signature of the commit without one
 */
export function encodeCommit(
  commit: {
    readonly tree: string;
    readonly parent: string | undefined;
    readonly author: Person;
    readonly date: Date;
    readonly message: string;
  },
  sign?: (bytes: Buffer) => string,
): EncodedObject {
  const who = `${commit.author.name} <${commit.author.email}> ${Math.floor(commit.date.getTime() / 1000)} +0000`;
  const header = [
    `tree ${commit.tree}`,
    ...(commit.parent === undefined ? [] : [`parent ${commit.parent}`]),
    `author ${who}`,
    `committer ${who}`,
  ];
  const text = ['', `${commit.message.replace(/\n+$/, '')}\n`];
  const plain = Buffer.from([...header, ...text].join('\n'));
  if (sign === undefined) return encodeObject('commit', plain);
  // Lines that go on begin with a space.
  const signature = `gpgsig ${sign(plain).replaceAll('\n', '\n ')}`;
  return encodeObject('commit', Buffer.from([...header, signature, ...text].join('\n')));
}

const PERSON = /^(.*?) ?<(.*)> (-?\d+) [+-]\d+$/;
const TRAILER = /^([A-Za-z0-9][A-Za-z0-9-]*): ?(.*)$/;

export function parseCommit(commit: string, content: Buffer): CommitDescription {
  const text = content.toString();
  const split = text.indexOf('\n\n');
  const head = split < 0 ? text : text.slice(0, split);
  const headers = head
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)] as const);
  const first = (key: string): string => headers.find(([name]) => name === key)?.[1] ?? '';
  return {
    commit,
    tree: first('tree'),
    parents: headers.filter(([name]) => name === 'parent').map(([, value]) => value),
    author: parsePerson(first('author')),
    committer: parsePerson(first('committer')),
    ...parseMessage(split < 0 ? '' : text.slice(split + 2)),
  };
}

function parsePerson(line: string): CommitDescription['author'] {
  const [, name = '', email = '', seconds = '0'] = PERSON.exec(line) ?? [];
  return { name, email, date: new Date(Number(seconds) * 1000) };
}

function parseMessage(message: string): Pick<CommitDescription, 'subject' | 'body' | 'trailers'> {
  const paragraphs = message.trim().split(/\n{2,}/);
  const [subject = '', ...rest] = paragraphs;
  const last = rest
    .at(-1)
    ?.split('\n')
    .map((line) => TRAILER.exec(line));
  const trailers = last?.every((match) => match !== null)
    ? last.map(([, key = '', value = '']) => ({ key, value: value.trim() }))
    : [];
  const body = trailers.length === 0 ? rest : rest.slice(0, -1);
  return { subject: subject.replaceAll('\n', ' '), body: body.join('\n\n'), trailers };
}
