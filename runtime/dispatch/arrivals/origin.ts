/**
 * Where the manifests of a rendered branch come from, told as Argo CD tells it: `hydrator.metadata` with the fields and
 * in the form of its own hydrator, and trailers that it reads from a commit that is synced. For people and other tools;
 * nothing decides by it, and a branch that differs in nothing else is not committed to.
 */

import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { ApplicationReference, RenderedState } from '../../../lib/api';
import { isCommitMissing, type CommitDescription, type Git } from '../../git';

export const ORIGIN_FILE = 'hydrator.metadata';

const text = Type.Optional(Type.String());
const Reference = Type.Object({ author: text, date: text, subject: text, body: text, sha: text, repoUrl: text });
const Origin = Type.Object({
  repoURL: Type.String(),
  drySha: Type.String(),
  author: text,
  date: text,
  subject: text,
  body: text,
  references: Type.Optional(Type.Array(Type.Object({ commit: Reference }))),
});
type Reference = Static<typeof Reference>;
type Origin = Static<typeof Origin>;

/** Messages of any length are people's right; what is told about manifests takes this much of them, in characters. */
const LONGEST = { subject: 1_000, body: 10_000, trailer: 500 } as const;

/**
 * The file for a state, byte-stable: the commit of the base, and where the overlay is from another one, that as a
 * reference. `undefined` for a state that was rendered from no commit.
 */
export async function originFile(
  git: Git,
  { repoURL }: ApplicationReference,
  { base, overlay = base }: RenderedState,
): Promise<Uint8Array | undefined> {
  if (base === undefined) return undefined;
  const dry = await described(git, repoURL, base);
  const own = dry === undefined ? [] : referenceIn(dry);
  const top = overlay === undefined || overlay === base ? [] : [await overlayReference(git, repoURL, overlay)];
  const references = [...own, ...top].map((commit) => ({ commit }));
  const origin: Origin = {
    repoURL,
    drySha: base,
    ...(dry && {
      author: `${dry.author.name} <${dry.author.email}>`,
      date: dateOf(dry.author.date),
      ...filled({ subject: dry.subject.slice(0, LONGEST.subject), body: bodyOf(dry) }),
    }),
    ...(references.length > 0 && { references }),
  };
  // Argo CD writes these two escaped.
  const json = JSON.stringify(origin, undefined, 2).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
  return new TextEncoder().encode(`${json}\n`);
}

/** Trailers by which Argo CD knows, of a synced commit, the commit that it comes from. */
export function originTrailers(file: Uint8Array | undefined): (readonly [key: string, value: string])[] {
  const origin = file === undefined ? undefined : read(file);
  if (origin === undefined) return [];
  const { repoURL, drySha, author, date, subject } = origin;
  const fields = { repourl: repoURL, sha: drySha, author: mailbox(author), date, subject };
  return Object.entries(fields).flatMap(([field, value]) => {
    const line = value?.replace(UNREADABLE, ' ').slice(0, LONGEST.trailer).trim();
    return line ? [[`${TRAILER}${field}`, line] as const] : [];
  });
}

const TRAILER = 'Argocd-reference-commit-';
/** Characters that end a line, steer a terminal, or reorder or hide text. */
const UNREADABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function read(file: Uint8Array): Origin | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(file));
    return Value.Check(Origin, value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A commit that is gone is named all the same: files that were kept byte for byte outlive what they came from. */
async function described(git: Git, repoURL: string, commit: string): Promise<CommitDescription | undefined> {
  try {
    return await git.describe(repoURL, commit);
  } catch (error) {
    if (isCommitMissing(error)) return undefined;
    throw error;
  }
}

async function overlayReference(git: Git, repoURL: string, commit: string): Promise<Reference> {
  const found = await described(git, repoURL, commit);
  const { name, email } = found?.author ?? { name: '', email: '' };
  return {
    ...filled({
      author: mailbox(`${name} <${email}>`),
      date: found && dateOf(found.author.date),
      subject: found?.subject.slice(0, LONGEST.subject),
      body: found && bodyOf(found),
    }),
    sha: commit,
    repoUrl: repoURL,
  };
}

/** What of a source commit's trailers says which commit of an application's code it is about; what Argo CD would not read is left. */
function referenceIn({ trailers }: CommitDescription): Reference[] {
  const last = new Map(trailers.map(({ key, value }) => [key, value]));
  const field = (name: string): string | undefined => last.get(`${TRAILER}${name}`);
  const sha = field('sha');
  const date = field('date');
  const repoUrl = field('repourl');
  const reference = filled({
    author: mailbox(field('author')),
    date: date !== undefined && RFC3339.test(date) ? date : undefined,
    subject: field('subject'),
    body: jsonText(field('body')),
    sha: sha !== undefined && /^[0-9a-f]{5,40}$/.test(sha) ? sha : undefined,
    repoUrl: repoUrl !== undefined && URL.canParse(repoUrl) ? repoUrl : undefined,
  });
  return Object.keys(reference).length === 0 ? [] : [reference];
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const MAILBOX = /^\s*(.*?)\s*<([^\s<>"(),:;@[\\\]]+@[^\s<>"(),:;@[\\\]]+)>\s*$/;

/** As mail programs read it; a name may hold anything but what ends it. `undefined` where no address is in it. */
function mailbox(person: string | undefined): string | undefined {
  const [, name = '', address] = MAILBOX.exec(person ?? '') ?? [];
  if (address === undefined) return undefined;
  const plain = /^"(.*)"$/.exec(name)?.[1]?.replace(/\\(.)/g, '$1') ?? name;
  return plain === '' ? `<${address}>` : `"${plain.replace(/[\\"]/g, '\\$&')}" <${address}>`;
}

function jsonText(value: string | undefined): string | undefined {
  try {
    const parsed: unknown = JSON.parse(value ?? 'null');
    return typeof parsed === 'string' ? parsed.slice(0, LONGEST.body) : undefined;
  } catch {
    return undefined;
  }
}

/** The message below its subject; trailers that became a reference are not said twice. */
function bodyOf({ body, trailers }: CommitDescription): string {
  const lines = trailers.filter(({ key }) => !key.startsWith(TRAILER)).map(({ key, value }) => `${key}: ${value}`);
  const parts = [body, lines.join('\n')].filter((part) => part !== '');
  return parts.length === 0 ? '' : `${parts.join('\n\n').slice(0, LONGEST.body)}\n`;
}

/** To the second, in UTC. */
const dateOf = (date: Date): string | undefined =>
  Number.isNaN(date.getTime()) ? undefined : `${date.toISOString().slice(0, 19)}Z`;

/** Without what is empty. */
const filled = <T extends object>(fields: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== '')) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
