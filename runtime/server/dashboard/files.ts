/** The page's files: read once, kept in memory, so that no path is ever looked up on a disk. */

import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { TerminalError } from '../../errors';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};

const INDEX = 'index.html';
/** What the build puts here has a hash in its name. */
const HASHED = 'assets/';
const FOR_EVER = 'public, max-age=31536000, immutable';

interface File {
  readonly type: string;
  readonly plain: Buffer;
  readonly packed: Buffer;
}

/** @throws TerminalError where the page was not built */
async function read(folder: string): Promise<ReadonlyMap<string, File>> {
  // Beside them lies code that the page has in common with the command.
  const names = [INDEX, ...(await readdir(join(folder, HASHED)).catch(() => [])).map((name) => HASHED + name)];
  const files = await Promise.all(
    names.map(async (name): Promise<[string, File] | undefined> => {
      const type = TYPES[extname(name)];
      const plain = type === undefined ? undefined : await readFile(join(folder, name)).catch(() => undefined);
      if (type === undefined || plain === undefined) return undefined;
      return [name, { plain, packed: await promisify(gzip)(plain), type }];
    }),
  );
  const found = new Map(files.filter((file) => file !== undefined));
  if (!found.has(INDEX)) throw new TerminalError(`${folder} has no dashboard: npm run build makes it`);
  return found;
}

/** @throws TerminalError where the page was not built */
export async function routeFiles(app: FastifyInstance, folder: string): Promise<void> {
  const files = await read(folder);
  for (const [name, { type, plain, packed }] of files) {
    const paths = name === INDEX ? ['/', `/${INDEX}`] : [`/${name}`];
    for (const path of paths) {
      app.get(path, async (request, reply) => {
        const smaller = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '') && packed.length < plain.length;
        if (smaller) reply.header('content-encoding', 'gzip');
        return reply
          .type(type)
          .header('vary', 'accept-encoding')
          .header('cache-control', name.startsWith(HASHED) ? FOR_EVER : 'no-cache')
          .send(smaller ? packed : plain);
      });
    }
  }
}
