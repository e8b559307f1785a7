import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { fail } from './answers';
import type { Route } from './routes';
import { digestOf, type Storage } from './storage';

/** Tags in one page at most, as the reference registry has it. */
const PAGE = 1_000;
const MANIFEST_LIMIT = 4 * 1024 * 1024;

type Of<Kind extends Route['kind']> = Extract<Route, { kind: Kind }>;

/** Answers the requests of the distribution API from a storage. */
export class Api {
  /** @param onPush called for each manifest that is stored */
  constructor(
    private readonly storage: Storage,
    private readonly onPush: () => void,
  ) {}

  async answer(route: Route, url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET';
    const work = this.workFor(route, method, url, request, response);
    if (work === undefined) fail(response, 405, 'UNSUPPORTED', `${method} is not supported here`);
    else await work;
  }

  private workFor(
    route: Route,
    method: string,
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> | undefined {
    const isRead = method === 'GET' || method === 'HEAD';
    switch (route.kind) {
      case 'ping':
        return isRead ? this.ping(response) : undefined;
      case 'tags':
        return method === 'GET' ? this.listTags(route, url, response) : undefined;
      case 'blob':
        return isRead ? this.getBlob(route, request, response) : undefined;
      case 'upload':
        return ['POST', 'PATCH', 'PUT'].includes(method) ? this.upload(route, url, request, response) : undefined;
      case 'manifest':
        if (isRead) return this.getManifest(route, response);
        if (method === 'PUT') return this.putManifest(route, request, response);
        return method === 'DELETE' ? this.deleteManifest(route, response) : undefined;
    }
  }

  private async ping(response: ServerResponse): Promise<void> {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}\n');
  }

  private async listTags(route: Of<'tags'>, url: URL, response: ServerResponse): Promise<void> {
    const all = await this.storage.tags(route.repository);
    if (all === undefined) {
      fail(response, 404, 'NAME_UNKNOWN', `there is no repository ${route.repository}`);
      return;
    }
    const asked = url.searchParams.get('n');
    if (asked !== null && !/^[1-9]\d{0,8}$/.test(asked)) {
      fail(response, 400, 'PAGINATION_NUMBER_INVALID', `n must be a positive number, not "${asked}"`);
      return;
    }
    const size = Math.min(Number(asked ?? PAGE), PAGE);
    const last = url.searchParams.get('last') ?? '';
    const rest = all.filter((tag) => tag > last);
    const page = rest.slice(0, size);
    const end = page.at(-1);
    if (rest.length > size && end !== undefined) {
      const next = new URLSearchParams(url.searchParams);
      next.set('n', String(size));
      next.set('last', end);
      response.setHeader('Link', `<${url.pathname}?${next.toString()}>; rel="next"`);
    }
    response
      .writeHead(200, { 'Content-Type': 'application/json' })
      .end(JSON.stringify({ name: route.name, tags: page }));
  }

  private async getManifest(route: Of<'manifest'>, response: ServerResponse): Promise<void> {
    const manifest = await this.storage.manifest(route.repository, route.reference);
    if (manifest === undefined) {
      fail(response, 404, 'MANIFEST_UNKNOWN', `${route.repository} has no manifest ${route.reference}`);
      return;
    }
    response.writeHead(200, {
      'Content-Type': manifest.mediaType,
      'Content-Length': manifest.body.length,
      'Docker-Content-Digest': manifest.digest,
    });
    response.end(manifest.body);
  }

  private async putManifest(route: Of<'manifest'>, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request, MANIFEST_LIMIT);
    if (body === undefined) {
      fail(response, 413, 'SIZE_INVALID', `a manifest has at most ${MANIFEST_LIMIT} bytes`);
      return;
    }
    const isDigest = route.reference.startsWith('sha256:');
    if (isDigest && digestOf(body) !== route.reference) {
      fail(response, 400, 'DIGEST_INVALID', `the manifest has digest ${digestOf(body)}, not ${route.reference}`);
      return;
    }
    const content = parse(body);
    if (content === undefined) {
      fail(response, 400, 'MANIFEST_INVALID', 'the manifest is not a JSON object');
      return;
    }
    const missing = await this.firstMissing(route.repository, content);
    if (missing !== undefined) {
      fail(response, 400, 'MANIFEST_BLOB_UNKNOWN', `the manifest names ${missing}, which nobody pushed`);
      return;
    }
    const said = typeof content['mediaType'] === 'string' ? content['mediaType'] : 'application/json';
    const mediaType = request.headers['content-type'] ?? said;
    const digest = await this.storage.putManifest(
      route.repository,
      mediaType,
      body,
      isDigest ? undefined : route.reference,
    );
    this.onPush();
    response
      .writeHead(201, { Location: `/v2/${route.name}/manifests/${digest}`, 'Docker-Content-Digest': digest })
      .end();
  }

  private async deleteManifest(route: Of<'manifest'>, response: ServerResponse): Promise<void> {
    if (await this.storage.removeManifest(route.repository, route.reference)) response.writeHead(202).end();
    else fail(response, 404, 'MANIFEST_UNKNOWN', `${route.repository} has no manifest ${route.reference}`);
  }

  private async getBlob(route: Of<'blob'>, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const size = await this.storage.blobSize(route.digest);
    if (size === undefined) {
      fail(response, 404, 'BLOB_UNKNOWN', `there is no blob ${route.digest}`);
      return;
    }
    response.writeHead(200, {
      'Content-Type': 'application/octet-stream',
      'Content-Length': size,
      'Docker-Content-Digest': route.digest,
    });
    if (request.method === 'HEAD') response.end();
    else await pipeline(this.storage.readBlob(route.digest), response);
  }

  /** `POST` opens an upload, `PATCH` adds to it, `PUT` (or a `POST` that names the digest) ends it. */
  private async upload(
    route: Of<'upload'>,
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const id = request.method === 'POST' ? await this.storage.startUpload() : route.id;
    const size = id === undefined ? undefined : await this.storage.appendUpload(id, request);
    if (id === undefined || size === undefined) {
      fail(response, 404, 'BLOB_UPLOAD_UNKNOWN', 'there is no such upload');
      return;
    }
    const digest = url.searchParams.get('digest');
    if (digest === null) {
      if (request.method === 'PUT') {
        fail(response, 400, 'DIGEST_INVALID', 'the end of an upload names its digest');
        return;
      }
      response.writeHead(202, {
        Location: `/v2/${route.name}/blobs/uploads/${id}${url.search}`,
        Range: `0-${Math.max(size - 1, 0)}`,
      });
      response.end();
      return;
    }
    if (await this.storage.finishUpload(id, digest)) {
      response.writeHead(201, { Location: `/v2/${route.name}/blobs/${digest}`, 'Docker-Content-Digest': digest }).end();
    } else {
      fail(response, 400, 'DIGEST_INVALID', `the uploaded bytes do not have digest ${digest}`);
    }
  }

  private async firstMissing(repository: string, manifest: Record<string, unknown>): Promise<string | undefined> {
    for (const digest of [manifest['config'], manifest['layers']].flat().map(digestIn)) {
      if (digest !== undefined && (await this.storage.blobSize(digest)) === undefined) return digest;
    }
    for (const digest of [manifest['manifests']].flat().map(digestIn)) {
      if (digest !== undefined && (await this.storage.manifest(repository, digest)) === undefined) return digest;
    }
    return undefined;
  }
}

function digestIn(descriptor: unknown): string | undefined {
  if (typeof descriptor !== 'object' || descriptor === null || !('digest' in descriptor)) return undefined;
  return typeof descriptor.digest === 'string' ? descriptor.digest : undefined;
}

function parse(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

async function readAll(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
