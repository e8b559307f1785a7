import { ShimPool } from '../../../runtime/render/kustomize/pool';
import { broken, overran, type Reply, type Shim, type ShimSource } from '../../../runtime/render/kustomize/shim';

const limits = { deadlineMs: 1000, memoryBytes: 2 ** 20 };
const options = { ...limits, workers: 1, recycleBytes: 2 ** 20, idleMs: 60_000 };
const live = new AbortController().signal;

/** Shims that say what they were asked, and which of them answered; `ends` says what the nth request does to one. */
function shims(ends: (request: string, nth: number) => Error | undefined, memory = 0) {
  let started = 0;
  const stopped: number[] = [];
  const source: ShimSource = {
    start(): Promise<Shim> {
      const mark = ++started;
      let asked = 0;
      let usable = true;
      return Promise.resolve({
        memory,
        get usable() {
          return usable;
        },
        run(request): Promise<Reply> {
          const said = Buffer.from(request).toString();
          const error = ends(said, ++asked);
          if (error === undefined) return Promise.resolve({ text: `${said} by ${mark}`, refused: false });
          usable = false;
          return Promise.reject(error);
        },
        stop: () => {
          stopped.push(mark);
          return Promise.resolve();
        },
      });
    },
    rest: () => undefined,
  };
  return { source, started: () => started, stopped };
}

const outOfMemory = () => broken('fatal error: out of memory', limits);

async function withPool(source: ShimSource, use: (ask: (request: string) => Promise<string>) => Promise<void>) {
  const pool = new ShimPool(source, options);
  try {
    await use(async (request) => (await pool.run(Buffer.from(request), live)).text);
  } finally {
    await pool.close();
  }
}

describe('a shim that dies of a request', () => {
  test('after others is not the request’s fault until a fresh one dies of it too', async () => {
    const { source } = shims((_request, nth) => (nth > 1 ? outOfMemory() : undefined));
    await withPool(source, async (ask) => {
      expect([await ask('a'), await ask('b'), await ask('c')]).toEqual(['a by 1', 'b by 2', 'c by 3']);
    });
  });

  test('when fresh has the request refused at once, and the next one is rendered', async () => {
    const { source, started } = shims((request) => (request === 'bad' ? outOfMemory() : undefined));
    await withPool(source, async (ask) => {
      await expect(ask('bad')).rejects.toThrow('it needs more than 1 MiB of memory');
      expect(started()).toBe(1);
      expect(await ask('good')).toBe('good by 2');
      await expect(ask('bad')).rejects.toThrow('it needs more than 1 MiB of memory');
      expect(started()).toBe(3);
    });
  });

  test('by taking too long is not given the time twice', async () => {
    const { source, started } = shims((request) => (request === 'slow' ? overran(limits) : undefined));
    await withPool(source, async (ask) => {
      await ask('quick');
      await expect(ask('slow')).rejects.toThrow('it did not finish within 1 s and was ended');
      expect(started()).toBe(1);
    });
  });
});

describe('room for others', () => {
  test('is made of the shims that rested longest, as much as is wanted; one always stays', async () => {
    const { source, stopped } = shims(() => undefined, 100);
    const pool = new ShimPool(source, { ...options, workers: 3 });
    await Promise.all(['a', 'b', 'c'].map((text) => pool.run(Buffer.from(text), live)));
    pool.makeRoom(300);
    expect(stopped).toEqual([]);
    pool.makeRoom(299);
    expect(stopped).toEqual([1]);
    pool.makeRoom(0);
    expect(stopped).toEqual([1, 2]);
    expect((await pool.run(Buffer.from('again'), live)).text).toBe('again by 3');
    await pool.close();
  });
});
