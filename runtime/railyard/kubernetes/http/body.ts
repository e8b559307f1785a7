import type { IncomingMessage } from 'node:http';
import { parse as parseYaml } from 'yaml';
import { isObject, type Json, type JsonObject } from '../json';
import { badRequest, StatusError, unsupportedMediaType } from '../status';
import { decodeProtobuf } from './protobuf';

/** As large as the real server lets a request be. */
const LARGEST_BYTES = 3 * 1024 * 1024;

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const OBJECT_TYPES = ['application/json', 'application/yaml', PROTOBUF];

/** The media type of a request's body, without parameters. */
export function contentTypeOf(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** @throws StatusError 413 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LARGEST_BYTES) {
      throw new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${LARGEST_BYTES}`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** @throws StatusError 400 */
export function parseJson(body: Buffer): Json {
  try {
    return JSON.parse(body.toString('utf8')) as Json;
  } catch (error) {
    throw badRequest(`couldn't read the body as JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** YAML, of which JSON is a part. @throws StatusError 400 */
export function parseYamlOrJson(body: Buffer): Json {
  if (body[0] === 0x7b) return parseJson(body);
  try {
    return parseYaml(body.toString('utf8'), { maxAliasCount: 100 }) as Json;
  } catch (error) {
    throw badRequest(`couldn't read the body as YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * The object in a body.
 *
 * @throws StatusError 400, or 415 for a media type or protobuf kind that is not understood
 */
export function objectIn(body: Buffer, contentType: string): JsonObject {
  const value = decode(body, contentType);
  if (!isObject(value)) throw badRequest('the body is not an object');
  return value;
}

function decode(body: Buffer, contentType: string): Json {
  switch (contentType) {
    case 'application/json':
      return parseJson(body);
    case 'application/yaml':
      return parseYamlOrJson(body);
    case PROTOBUF:
      return decodeProtobuf(body);
    default:
      throw unsupportedMediaType(OBJECT_TYPES);
  }
}
