/** Which repositories may be contacted, and under which spelling. */

import { createHash } from 'node:crypto';
import { normaliseRepositoryURL } from '../../lib/network/repository-url';
import { TerminalError } from '../errors';

/** A repository URL that passed the allow-list. */
export interface RepositoryURL {
  /** As Git gets it; free of secrets, so it may be shown. */
  readonly url: string;
  /** Without colon. */
  readonly protocol: string;
  /** Folder name of the mirror: equal for every spelling of one repository. */
  readonly key: string;
}

const SCP_LIKE = /^([A-Za-z0-9_][A-Za-z0-9._-]*)@([A-Za-z0-9][A-Za-z0-9.-]*):(?!\/\/)([^\s]+)$/;
const MAX_LENGTH = 2048;

/**
 * @param allowed schemes without colon
 * @throws TerminalError `InvalidRepositoryURL`; the message never repeats a secret that the URL may hold
 */
export function parseRepositoryURL(text: string, allowed: readonly string[]): RepositoryURL {
  const scp = SCP_LIKE.exec(text);
  const written = scp ? `ssh://${scp[1]}@${scp[2]}/${scp[3]?.replace(/^\/+/, '')}` : text;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  const fault = faultOf(written, url, allowed);
  if (fault !== undefined || url === undefined) {
    throw new TerminalError(
      `The repository URL ${JSON.stringify(presentable(text))} is refused: ${fault}.`,
      'InvalidRepositoryURL',
    );
  }
  const clean = url.href.replace(/\/+$/, '');
  const key = createHash('sha256').update(normaliseRepositoryURL(clean)).digest('hex').slice(0, 32);
  return { url: clean, protocol: schemeOf(url), key };
}

function faultOf(written: string, url: URL | undefined, allowed: readonly string[]): string | undefined {
  const schemes = allowed.map((scheme) => `${scheme}://`).join(', ');
  if (written.length > MAX_LENGTH) return `it is longer than ${MAX_LENGTH} characters`;
  if (written.startsWith('-')) return 'it reads as an option';
  if (/[\s\p{Cc}\p{Bidi_Control}\\]/u.test(written))
    return 'it holds a space, backslash, control or text-reordering character';
  if (/^[a-z0-9+.-]+::/i.test(written)) return 'it names a remote helper';
  if (url === undefined) return `it is no URL; write one that starts with ${schemes}, or user@host:path`;
  if (!allowed.includes(schemeOf(url)) || !/^[a-z+.-]+:\/\//i.test(written)) return `only ${schemes} may be contacted`;
  return partFault(url);
}

function partFault(url: URL): string | undefined {
  if (url.password !== '' || (url.username !== '' && schemeOf(url) !== 'ssh')) {
    return 'it carries a user or password; put them in a credential Secret, and write the URL without them';
  }
  if (url.search !== '' || url.hash !== '') return 'it has a query or fragment';
  if (schemeOf(url) !== 'file' && url.hostname === '') return 'it names no host';
  if ([url.hostname, url.username].some((part) => /^(-|%2d)/i.test(part))) return 'its host or user reads as an option';
  if (url.pathname.replace(/\/+/g, '') === '') return 'it names no repository';
  return undefined;
}

const schemeOf = (url: URL): string => url.protocol.slice(0, -1);

/** A URL that may be shown: without user, password and query. */
function presentable(text: string): string {
  const cut = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return cut
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1…@')
    .replace(/[?#].*$/s, '?…')
    .replace(/[\p{Cc}\p{Bidi_Control}]/gu, '�');
}
