import { eventually } from '../../waiting';
import { createRenderer, type RendererOptions } from '../../../runtime/render';
import { ShimPool } from '../../../runtime/render/kustomize/pool';
import { threads } from '../../../runtime/render/kustomize/thread';
import { aliases, configMap, render, shimRequest, tree } from './trees';

const MIB = 2 ** 20;
const limits = { deadlineMs: 60_000, memoryBytes: 512 * MIB };
const generous = { ...limits, workers: 1, recycleBytes: 512 * MIB, idleMs: 60_000 };
const live = () => new AbortController().signal;
const small = (name: string) => plainRequest('m.yaml', configMap(name));

async function withRenderer(
  options: RendererOptions,
  use: (renderer: ReturnType<typeof createRenderer>) => Promise<void>,
) {
  const renderer = createRenderer(options);
  try {
    await use(renderer);
  } finally {
    await renderer.close();
  }
}

async function withPool(options: Partial<typeof generous>, use: (pool: ShimPool) => Promise<void>) {
  const pool = new ShimPool(threads(limits.memoryBytes), { ...generous, ...options });
  try {
    await use(pool);
  } finally {
    await pool.close();
  }
}

describe('only the render that asks too much fails', () => {
  const heavy = tree({ 'env/prod/kustomization.yaml': 'resources: [m.yaml]\n', 'env/prod/m.yaml': aliases(6) });
  const light = tree({ 'env/prod/m.yaml': configMap('light') });
  const failure = { name: 'TerminalError', reason: 'RenderFailed' };

  test('S6: one that does not end is ended, and the next one renders', async () => {
    await withRenderer({ deadlineMs: 500, workers: 1 }, async (renderer) => {
      await expect(render(renderer, heavy)).rejects.toMatchObject({
        ...failure,
        message: 'kustomize does not build "env/prod": it did not finish within 0.5 s and was ended',
      });
      expect((await render(renderer, light)).manifests).toHaveLength(1);
    });
  });

  test('S6: one that takes too much memory is ended, and the next one renders', async () => {
    await withRenderer({ memoryBytes: 128 * MIB, workers: 1 }, async (renderer) => {
      await expect(render(renderer, heavy)).rejects.toMatchObject({
        ...failure,
        message: 'kustomize does not build "env/prod": it needs more than 128 MiB of memory',
      });
      expect((await render(renderer, light)).manifests).toHaveLength(1);
    });
  });

  test('S6: an endless recursion inside the renderer is an answer', async () => {
    await withRenderer({}, async (renderer) => {
      const files = tree({
        'env/prod/kustomization.yaml': 'commonLabels: { out: dated }\nresources: [m.yaml]\n',
        'env/prod/m.yaml': configMap('a', 'spec: {a: &a [*a]}'),
      });
      await expect(render(renderer, files)).rejects.toMatchObject(failure);
      await expect(render(renderer, files)).rejects.toThrow('something in it refers to itself without an end');
      expect((await render(renderer, light)).manifests).toHaveLength(1);
    });
  });

  test('input and output have limits that the message names', async () => {
    await withRenderer({ inputBytes: 1000, outputBytes: 500 }, async (renderer) => {
      const of = (length: number) => tree({ 'env/prod/m.yaml': configMap('a', `data: {a: ${'x'.repeat(length)}}`) });
      await expect(render(renderer, of(1000))).rejects.toThrow(
        /"env\/prod" reads 1\d{3} bytes of files; the limit is 1000/,
      );
      await expect(render(renderer, of(600))).rejects.toThrow(
        /the rendered objects take \d{3} bytes; the limit is 500/,
      );
      expect((await render(renderer, of(100))).manifests).toHaveLength(1);
    });
  });

  test('words of the renderer are cut where a status could not hold them', async () => {
    await withRenderer({}, async (renderer) => {
      const files = tree({ 'env/prod/kustomization.yaml': `resources: ["${'x'.repeat(20_000)}"]\n` });
      const words = await render(renderer, files).then(String, String);
      expect(words.length).toBeLessThan(4200);
      expect(words).toContain('…');
    });
  });
});

describe('one key', () => {
  const plain = tree({ 'env/prod/m.yaml': configMap('a') });
  const broken = tree({ 'env/prod/m.yaml': 'a: [' });
  const overlay = {
    'env/prod/kustomization.yaml': 'resources: [../../base]\n',
    'base/kustomization.yaml': 'resources: [c.yaml]\n',
    'base/c.yaml': configMap('c'),
  };
  const closed = { name: 'TransientError', message: 'The renderer is closed.' };
  // A closed renderer has no worker any more: what it still answers was kept.
  const renderer = createRenderer();
  let words: unknown;
  beforeAll(async () => {
    const { manifests } = await render(renderer, plain);
    Object.assign(manifests[0]?.metadata ?? {}, { name: 'changed' });
    await render(renderer, tree(overlay));
    words = await render(renderer, broken).catch(String);
    await renderer.close();
  });

  test('needs no worker the second time, and what comes back is the own copy of each caller', async () => {
    expect((await render(renderer, plain)).manifests[0]?.metadata).toEqual({ name: 'a' });
    const other = tree({ 'env/prod/m.yaml': configMap('b') });
    await expect(render(renderer, other)).rejects.toMatchObject(closed);
  });

  test('is made of what the overlay can reach: other folders change without a render', async () => {
    const around = { 'docs/a.md': 'new', 'env/test/kustomization.yaml': 'x' };
    const { manifests } = await render(renderer, tree({ ...overlay, ...around }));
    expect(manifests.map(({ metadata }) => metadata.name)).toEqual(['c']);
    const changed = tree({ ...overlay, 'base/c.yaml': configMap('d') });
    await expect(render(renderer, changed)).rejects.toMatchObject(closed);
  });

  test('that was refused is refused again without a render', async () => {
    expect(words).toContain('env/prod/m.yaml, document 1: yaml: line 1');
    expect(await render(renderer, broken).catch(String)).toBe(words);
  });
});

describe('the pool', () => {
  test('has no thread before there is work, at most as many as it may, and none when at rest', async () => {
    await withPool({ workers: 2, idleMs: 50 }, async (pool) => {
      expect(pool.shims).toBe(0);
      const replies = Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => pool.run(small(name), live())));
      const most = await Promise.race([
        replies.then(() => 0),
        eventually('both workers run', () => (pool.shims >= 2 ? pool.shims : undefined)),
      ]);
      expect(most).toBe(2);
      expect((await replies).map(({ refused }) => refused)).toEqual([false, false, false, false, false]);
      expect(pool.shims).toBeLessThanOrEqual(2);
      await eventually('no thread is left', () => pool.shims === 0);
      expect((await pool.run(small('again'), live())).refused).toBe(false);
    });
  });

  test('that is woken has one worker ready, also when it is woken twice, and rests again', async () => {
    await withPool({ workers: 2, idleMs: 50 }, async (pool) => {
      const waking = pool.wake(small('a'));
      expect(pool.shims).toBe(1);
      await Promise.all([waking, pool.wake(small('b'))]);
      expect(pool.shims).toBe(1);
      await eventually('no thread is left', () => pool.shims === 0);
    });
  });

  test('keeps no worker whose memory has grown', async () => {
    await withPool({ recycleBytes: 0 }, async (pool) => {
      await pool.run(small('a'), live());
      expect(pool.shims).toBe(0);
    });
  });

  test('ends a render that nobody waits for, and lets one in the queue go', async () => {
    await withPool({}, async (pool) => {
      const abort = new AbortController();
      const running = pool.run(kustomizeRequest(aliases(6)), abort.signal);
      const queued = pool.run(small('queued'), abort.signal);
      const next = pool.run(small('next'), live());
      await eventually('the worker exists', () => pool.shims === 1);
      abort.abort(new Error('the lease is lost'));
      await expect(running).rejects.toThrow('the lease is lost');
      await expect(queued).rejects.toThrow('the lease is lost');
      expect((await next).refused).toBe(false);
      expect(pool.shims).toBe(1);
    });
  });

  test('refuses as transient what runs and what waits when it is closed', async () => {
    const pool = new ShimPool(threads(limits.memoryBytes), generous);
    const running = pool.run(kustomizeRequest(aliases(6)), live());
    const waiting = pool.run(small('waiting'), live());
    const ends = Promise.allSettled([running, waiting]);
    await pool.close();
    for (const end of await ends) {
      expect(end).toMatchObject({
        status: 'rejected',
        reason: { name: 'TransientError', message: 'The renderer is closed.' },
      });
    }
    expect(pool.shims).toBe(0);
  });
});

describe('a worker', () => {
  const source = threads(limits.memoryBytes);

  test('that ends while it renders is transient: the input may be innocent', async () => {
    const worker = await source.start(live());
    const rendering = worker.run(kustomizeRequest(aliases(6)), limits, live());
    await Promise.all([
      expect(rendering).rejects.toMatchObject({
        name: 'TransientError',
        message: expect.stringContaining('thread ended') as string,
      }),
      worker.stop(),
    ]);
    expect(worker.usable).toBe(false);
  });

  test('finds no file, whatever the shim asks for', async () => {
    const worker = await source.start(live());
    try {
      const absolute = await worker.run(kustomizeRequest('', 'resources: [/etc/hostname, /etc]\n'), limits, live());
      expect(absolute).toMatchObject({ refused: true });
      expect(absolute.text).toMatch(/'\/etc\/hostname' doesn't exist|cannot be absolute/);
    } finally {
      await worker.stop();
    }
  });
});

function kustomizeRequest(manifest: string, kustomization = 'resources: [m.yaml]\n'): Uint8Array {
  return shimRequest('k', ['o', 'o/kustomization.yaml', kustomization, 'o/m.yaml', manifest]);
}

function plainRequest(path: string, content: string): Uint8Array {
  return shimRequest('p', ['o', path, content]);
}
