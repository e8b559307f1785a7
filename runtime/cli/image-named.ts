/** One version of one image, as people write it on a command line. */

import { parseImageReference, type ImageReference } from '../../lib/network/image-reference';
import { messageOf } from '../errors';
import { UsageError } from './terminal';

/**
 * `name=tag`, `name=sha256:...`, or as container runtimes write it.
 *
 * @throws UsageError naming the text and what would be right
 */
export function imageNamed(text: string): ImageReference {
  const at = text.indexOf('=');
  const version = text.slice(at + 1);
  const reference = at < 1 ? text : `${text.slice(0, at)}${version.startsWith('sha256:') ? '@' : ':'}${version}`;
  const write = 'write name=tag or name=sha256:...';
  let image: ImageReference;
  try {
    image = parseImageReference(reference);
  } catch (error) {
    throw new UsageError(`--image ${text}: ${messageOf(error)} ${write}`);
  }
  if (image.tag === undefined && image.digest === undefined)
    throw new UsageError(`--image ${text} names no version: ${write}`);
  return image;
}

/**
 * The same, where a word without a registry may stand for the one known repository that ends with it.
 *
 * @throws UsageError naming the text and what would be right
 */
export function imageMeant(text: string, known: Iterable<string>): ImageReference {
  const image = imageNamed(text);
  const word = text.split(/[:@=]/)[0] ?? '';
  if (word.includes('/')) return image;
  const fitting = [...new Set(known)].filter((one) => one === image.repoURL || one.endsWith(`/${word}`)).sort();
  if (fitting.length < 2) return { ...image, repoURL: fitting[0] ?? image.repoURL };
  throw new UsageError(`--image ${text}: that could be ${fitting.join(' or ')}: write the whole repository`);
}
