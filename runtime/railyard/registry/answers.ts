import type { ServerResponse } from 'node:http';

/** Answers with an error in the shape that the distribution API prescribes. */
export function fail(response: ServerResponse, status: number, code: string, message: string): void {
  const body = JSON.stringify({ errors: [{ code, message }] });
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(`${body}\n`);
}
