/** A request as the shim reads it (see shim/answer.go). Pure. */

import { TerminalError } from '../../errors';
import { type Input } from '../input';

/**
 * A mode byte, the size of the reply at most, then fields, each with its length.
 *
 * @throws TerminalError (`RenderFailed`) where the files are more than may be read
 */
export function requestOf(
  { renderer, overlay, files }: Input,
  { inputBytes, outputBytes }: { readonly inputBytes: number; readonly outputBytes: number },
): Uint8Array {
  const total = files.reduce((sum, [, content]) => sum + content.length, 0);
  if (total > inputBytes) {
    throw new TerminalError(`"${overlay}" reads ${total} bytes of files; the limit is ${inputBytes}.`, 'RenderFailed');
  }
  const mode = Buffer.from(renderer === 'kustomize' ? 'k' : 'p');
  const fields = [overlay, ...files.flat()].map((field) => (typeof field === 'string' ? Buffer.from(field) : field));
  return Buffer.concat([mode, number(outputBytes), ...fields.flatMap((field) => [number(field.length), field])]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
