/** Input trees of render requests, from texts and from folders. */

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type RenderRequest, type Rendered, type Renderer } from '../../../runtime/render';

export function tree(texts: Readonly<Record<string, string>>): Map<string, Uint8Array> {
  return new Map(Object.entries(texts).map(([path, text]) => [path, Buffer.from(text)]));
}

export function folderTree(folder: string): Map<string, Uint8Array> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    entries.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(folder.length + 1), readFileSync(path)];
    }),
  );
}

/** Renders `env/prod` of the files given, for the Application argocd/shop with the destination namespace `shop`. */
export function render(
  renderer: Renderer,
  files: ReadonlyMap<string, Uint8Array>,
  rest: Partial<RenderRequest> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Rendered> {
  const application = { name: 'shop', namespace: 'argocd', destinationNamespace: 'shop' };
  return renderer.render({ files, folder: '', overlay: 'env/prod', application, ...rest }, signal);
}

export function configMap(name: string, extra = 'data: {a: b}'): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n${extra}\n`;
}

/** A manifest in which each level of aliases is nine times the one before. */
export function aliases(levels: number): string {
  const line = (i: number) => `a${i + 1}: &a${i + 1} [${Array<string>(9).fill(`*a${i}`).join(', ')}]`;
  return configMap('a', ['a0: &a0 [x, x, x]', ...Array.from({ length: levels }, (_, i) => line(i))].join('\n'));
}

/** A request as the shim reads it: for `k` (kustomize) or `p` (plain) the folder, then pairs of path and content. */
export function shimRequest(
  mode: 'k' | 'p',
  fields: readonly (string | Uint8Array)[],
  outputBytes = 2 ** 20,
): Uint8Array {
  const number = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return bytes;
  };
  const framed = fields.map((field) => Buffer.from(field)).flatMap((field) => [number(field.length), field]);
  return Buffer.concat([Buffer.from(mode), number(outputBytes), ...framed]);
}
