/** The command lines in a block of shell, as words: enough of the shell for what documents say. */

const WORD = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)|(\s+)/gsy;
const ENDS = /\s(?:\||&&|\|\||;)\s|\s>{1,2}\s*\S+|\s<\s*\S+/;

/** @returns the words of every command, without comments, redirections, and whatever runs it (`npx`, `kubectl`) */
export function commandLines(block: string): string[][] {
  return block
    .replace(/\\\n\s*/g, ' ')
    .replace(/<[a-z][\w .:-]*>/g, 'https://placeholder.example.com')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, ''))
    .flatMap((line) => line.split(ENDS))
    .map(wordsOf)
    .map(([first = '', ...rest]) => (first === 'npx' && rest[0] === 'k8sta' ? rest : [first, ...rest]))
    .map(([first = '', ...rest]) => (first === 'kubectl' && rest[0] === 'k8sta' ? rest : [first, ...rest]))
    .filter(([first]) => first !== '');
}

function wordsOf(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (const [, single, double, escaped, plain, blank] of line.matchAll(WORD)) {
    if (blank === undefined) {
      word = (word ?? '') + (single ?? double ?? escaped ?? plain ?? '');
      continue;
    }
    if (word !== undefined) words.push(word);
    word = undefined;
  }
  return word === undefined ? words : [...words, word];
}
