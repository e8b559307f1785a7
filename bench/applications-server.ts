/**
 * Serves Applications like an API server, in a process of its own so that its work is not counted: a list in pages,
 * then a watch that changes each Application in turn and stays open. Sends its port to the parent process.
 */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { application } from './applications';

const applications = Number(process.argv[2]);
const events = Number(process.argv[3]);

const listed = Array.from({ length: applications }, (_, number) => JSON.stringify(application(number, number + 1)));
const VERSION = '"resourceVersion":"1"';
const changes = Array.from({ length: applications }, (_, number) => {
  return JSON.stringify({ type: 'MODIFIED', object: application(number, 1) }).split(VERSION);
});

const server = createServer((request, response) => {
  const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
  response.setHeader('content-type', 'application/json');
  if (query.has('watch')) void change(response);
  else list(response, Number(query.get('continue') ?? 0), Number(query.get('limit') ?? applications));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : undefined, bytes: listed[0]?.length });
});
process.on('disconnect', () => process.exit());

function list(response: ServerResponse, from: number, limit: number): void {
  const to = Math.min(from + limit, applications);
  const metadata = { resourceVersion: String(applications), ...(to < applications ? { continue: String(to) } : {}) };
  response.end(
    `{"kind":"ApplicationList","metadata":${JSON.stringify(metadata)},"items":[${listed.slice(from, to).join()}]}`,
  );
}

async function change(response: ServerResponse): Promise<void> {
  for (let count = 0; count < events; count++) {
    const line = changes[count % applications]?.join(`"resourceVersion":"${applications + 1 + count}"`);
    if (!response.write(`${line}\n`)) await once(response, 'drain');
  }
}
