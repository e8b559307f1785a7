import type { ServerResponse } from 'node:http';
import type { JsonObject } from '../json';

/** Sends a complete answer: an object, or bytes of JSON as they are. */
export function send(response: ServerResponse, code: number, answer: JsonObject | Buffer | readonly Buffer[]): void {
  const parts = partsOf(answer);
  let length = 0;
  for (const part of parts) length += part.length;
  if (!response.hasHeader('content-type')) response.setHeader('content-type', 'application/json');
  response.setHeader('cache-control', 'no-cache, private');
  response.setHeader('content-length', length);
  response.writeHead(code);
  // Corked, so that a list of many stored objects leaves in few packets and is never copied together.
  response.cork();
  for (const part of parts) response.write(part);
  response.uncork();
  response.end();
}

function partsOf(answer: JsonObject | Buffer | readonly Buffer[]): readonly Buffer[] {
  if (Buffer.isBuffer(answer)) return [answer];
  return isParts(answer) ? answer : [Buffer.from(JSON.stringify(answer))];
}

function isParts(answer: JsonObject | readonly Buffer[]): answer is readonly Buffer[] {
  return Array.isArray(answer);
}
