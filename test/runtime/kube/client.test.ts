import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');

/** Loads the adapter as the runtime does, and prints which modules of the library came with it. */
const LOAD = `
  const loaded = [];
  require('node:module').registerHooks({
    load: (url, context, next) => (loaded.push(url), next(url, context)),
  });
  require('./runtime/kube');
  const own = loaded.filter((url) => url.includes('/@kubernetes/client-node/dist/'));
  console.log(JSON.stringify(own.map((url) => url.split('/dist/')[1])));
`;

describe('the Kubernetes client library', () => {
  test('is loaded without the classes that it has for every kind', () => {
    const flags = ['-r', './scripts/typescript.cjs', '-e', LOAD];
    const loaded = JSON.parse(execFileSync(process.execPath, flags, { cwd: ROOT, encoding: 'utf8' })) as string[];
    expect(loaded).toContain('config.js');
    expect(loaded.filter((file) => file.startsWith('gen/models/'))).toEqual([]);
    expect(loaded.length).toBeLessThan(40);
  });
});
