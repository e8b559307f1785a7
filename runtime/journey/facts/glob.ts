/**
 * Globs of paths, as teams write them: `*` and `?` stay inside one name, `**` crosses folders, `{a,b}` and `[a-z]`
 * choose. A folder's glob covers what lies in it. Matched in linear time, so that no pattern can stall the decisions.
 */

import { RE2JS } from 're2js';

/** Names of a glob in the words of RE2. */
const WORDS: Readonly<Record<string, string>> = { '**/': '(?:[^/]+/)*', '**': '.*', '*': '[^/]*', '?': '[^/]' };
const TOKEN = /\*\*\/|\*\*|\*|\?|\[!?[^\]/]+\]|\\.|[{},]|[^*?[\\{},]+|./gsu;

/** @throws Error where the glob cannot be one */
function expressionOf(glob: string): string {
  let depth = 0;
  const parts = Array.from(glob.matchAll(TOKEN), ([token]) => {
    const word = WORDS[token];
    if (word !== undefined) return word;
    if (token.length > 1 && token.startsWith('[')) return token.replace(/^\[!/, '[^').replace(/\\/g, '\\\\');
    if (token === '{') return ((depth += 1), '(?:');
    if (token === '}' && depth > 0) return ((depth -= 1), ')');
    if (token === ',' && depth > 0) return '|';
    return RE2JS.quote(token.length === 2 && token.startsWith('\\') ? token.slice(1) : token);
  });
  if (depth > 0) throw new Error('a brace is not closed');
  return parts.join('');
}

/**
 * Whether paths fit a glob; what lies in a folder that fits does as well.
 *
 * @throws Error naming the glob where it cannot be one
 */
export function globMatcher(glob: string): (path: string) => boolean {
  const wanted = glob.replace(/^\.?\/+/, '').replace(/\/+$/, '');
  try {
    const pattern = RE2JS.compile(`(?s:${expressionOf(wanted)})(?:/.*)?`, RE2JS.DOTALL);
    return (path) => pattern.matches(path);
  } catch (error) {
    throw new Error(`'${glob}' is no glob: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
