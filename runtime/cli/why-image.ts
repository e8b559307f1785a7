/** `k8sta why-image`: which version of an image a subscription chooses now, and what became of every other tag. */

import { explainImages, type ImageExplanation } from '../dispatch';
import { createRegistry } from '../registry';
import { questionOf, type QuestionOptions } from './image-question';
import { EXIT, type ExitCode, print, type Terminal } from './terminal';
import type { Mirrors } from './values';

export interface WhyImageOptions extends QuestionOptions {
  readonly registryMirror?: Mirrors;
  readonly registryNetwork?: readonly string[];
  /** Whether every tag is told of. @default - the first of them */
  readonly all?: boolean;
  readonly output?: 'text' | 'json';
}

/** Tags that are told of one by one, unless all are asked for. */
const MOST_ROWS = 40;

/** @throws Error naming what cannot be read; UsageError where the command line makes no sense */
export async function whyImage(terminal: Terminal, options: WhyImageOptions): Promise<ExitCode> {
  const { images, tag, credentials } = await questionOf(terminal, options);
  const { registryMirror: mirrors, registryNetwork: networks, output, all = false } = options;
  const registry = createRegistry({ mirrors, networks, credentials });
  const { platform } = images;
  const found = await explainImages(registry, images, { signal: terminal.stop, ...(platform && { platform }) });
  const told = tag === undefined ? found : onlyOf(found, tag, images.repositories[0] ?? '');
  if (output === 'json') print(terminal.out, JSON.stringify(told, undefined, 2));
  else print(terminal.out, ...linesOf(told, all || tag !== undefined));
  return EXIT.done;
}

/** @throws Error where there is no such tag */
function onlyOf(found: ImageExplanation, tag: string, repoURL: string): ImageExplanation {
  const tags = found.tags.filter((one) => one.tag === tag);
  if (tags.length === 0) throw new Error(`${repoURL} has no tag ${tag} among the ${found.tags.length} that it lists.`);
  return { ...found, tags };
}

function linesOf({ explanation, images = [], tags }: ImageExplanation, all: boolean): string[] {
  const shown = all ? tags : tags.slice(0, MOST_ROWS);
  const width = Math.max(0, ...shown.map(({ tag }) => tag.length));
  const rows = shown.map(({ tag, why, created }) => {
    const built = created === undefined ? '' : ` (${created.toISOString()})`;
    return `  ${tag.padEnd(width)}  ${why}${built}`;
  });
  const rest = tags.length - shown.length;
  return [
    explanation,
    ...images.map(({ repoURL, tag, digest }) => `${repoURL}:${tag}${digest === undefined ? '' : `@${digest}`}`),
    ...(rows.length === 0 ? [] : ['', ...rows]),
    ...(rest === 0 ? [] : [`  and ${rest} more: --all tells of each`]),
  ];
}
