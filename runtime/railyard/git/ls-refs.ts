/**
 * The one question of Git's protocol that is asked again and again, where the refs are, in version 2. It is answered
 * from the repository's files, byte for byte as `git upload-pack` does; what is asked or stored in any way that is not
 * plainly understood is left to Git.
 */
import { headOf, refsIn, UnclearRefs, type Ref } from './refs';

const FLUSH = '0000';
const DELIMITER = '0001';
/** Bytes of the length in front of each line. */
const LENGTH = 4;
/** More prefixes than these Git does not look at. */
const MOST_PREFIXES = 1_000;

interface Question {
  readonly peel: boolean;
  readonly symrefs: boolean;
  readonly unborn: boolean;
  /** Empty: all refs. */
  readonly prefixes: readonly string[];
}

/**
 * @param repository path of a bare repository with the configuration that the railyard gives
 * @param body of a request to `git-upload-pack` in version 2 of the protocol
 * @returns the answer; `undefined` where Git is to give it
 */
export function answerLsRefs(repository: string, body: Buffer): string | undefined {
  const question = questionIn(body);
  if (question === undefined) return undefined;
  try {
    return answer(repository, question);
  } catch (error) {
    if (error instanceof UnclearRefs) return undefined;
    throw error;
  }
}

function answer(repository: string, question: Question): string | undefined {
  const { peel, prefixes } = question;
  const isHeadAsked = prefixes.length === 0 || prefixes.some((prefix) => 'HEAD'.startsWith(prefix));
  const lines = isHeadAsked ? headLines(repository, question) : [];
  const refs = refsIn(repository, prefixes.length === 0 ? [''] : prefixes);
  if (peel && refs.some(({ isPeelKnown }) => !isPeelKnown)) return undefined;
  for (const { name, sha, peeled } of [...refs].sort(byName)) {
    lines.push(`${sha} ${name}${peel && peeled !== undefined ? ` peeled:${peeled}` : ''}`);
  }
  return lines.map((line) => packet(`${line}\n`)).join('') + FLUSH;
}

function headLines(repository: string, { symrefs, unborn }: Question): string[] {
  const head = headOf(repository);
  if ('sha' in head) return [`${head.sha} HEAD`];
  const { branch } = head;
  const target = symrefs ? ` symref-target:${branch}` : '';
  const ref = refsIn(repository, [branch]).find(({ name }) => name === branch);
  if (ref !== undefined) return [`${ref.sha} HEAD${target}`];
  return unborn && symrefs ? [`unborn HEAD${target}`] : [];
}

/** As Git sorts: by bytes. */
const byName = (one: Ref, other: Ref): number => (one.name < other.name ? -1 : 1);

function questionIn(body: Buffer): Question | undefined {
  const lines = linesOf(body.toString('latin1'));
  if (lines?.shift() !== 'command=ls-refs' || lines.pop() !== FLUSH) return undefined;
  const delimiter = lines.indexOf(DELIMITER);
  const abilities = delimiter < 0 ? lines : lines.slice(0, delimiter);
  const parameters = delimiter < 0 ? [] : lines.slice(delimiter + 1);
  if (!abilities.every((one) => one.startsWith('agent=') || one === 'object-format=sha1')) return undefined;
  const prefixes = parameters.filter((one) => one.startsWith(PREFIX)).map((one) => one.slice(PREFIX.length));
  const flags = parameters.filter((one) => !one.startsWith(PREFIX));
  if (!flags.every((one) => ['peel', 'symrefs', 'unborn'].includes(one)) || prefixes.length > MOST_PREFIXES) {
    return undefined;
  }
  return {
    peel: flags.includes('peel'),
    symrefs: flags.includes('symrefs'),
    unborn: flags.includes('unborn'),
    prefixes,
  };
}

const PREFIX = 'ref-prefix ';

/** Each line without its length and line break, delimiters as they are; `undefined` where it does not end so. */
function linesOf(text: string): string[] | undefined {
  const lines: string[] = [];
  for (let at = 0; at < text.length;) {
    const head = text.slice(at, at + LENGTH);
    if (head === FLUSH || head === DELIMITER) {
      lines.push(head);
      at += LENGTH;
      if (head === FLUSH) return at === text.length ? lines : undefined;
      continue;
    }
    const length = /^[0-9a-f]{4}$/.test(head) ? Number.parseInt(head, 16) : 0;
    if (length <= LENGTH || at + length > text.length) return undefined;
    lines.push(text.slice(at + LENGTH, at + length).replace(/\n$/, ''));
    at += length;
  }
  return undefined;
}

const packet = (line: string): string => (line.length + LENGTH).toString(16).padStart(LENGTH, '0') + line;
