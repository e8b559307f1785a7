/** A server in a process of its own, for tests that kill it: `process.ts <folder> [port]`; prints its URL. */
import { startKubernetes } from '../../../../runtime/railyard/kubernetes';

const [, , folder = '', port = '0'] = process.argv;

startKubernetes({ folder, port: Number(port) }).then(
  (server) => {
    process.stdout.write(`${server.url}\n`);
  },
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  },
);
