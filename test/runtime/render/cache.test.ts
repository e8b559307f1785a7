import { ByteCache } from '../../../runtime/render/cache';

const live = () => new AbortController().signal;
const never = () => new Promise<string>(() => undefined);

describe('a cache of results', () => {
  test('makes each key once, also when many ask at once', async () => {
    const cache = new ByteCache<string>(100, (value) => value.length);
    let made = 0;
    const make = async () => `made ${++made}`;
    const together = await Promise.all([cache.get('a', make, live()), cache.get('a', make, live())]);
    expect([...together, await cache.get('a', make, live())]).toEqual(['made 1', 'made 1', 'made 1']);
  });

  test('keeps no more bytes than it may, the longest unused go first', async () => {
    const cache = new ByteCache<string>(10, (value) => value.length);
    const made: string[] = [];
    const get = (key: string, size = 4) => cache.get(key, async () => (made.push(key), 'x'.repeat(size)), live());
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await get(key);
    expect(made).toEqual(['a', 'b', 'c', 'b']);
    await get('large', 11);
    await get('large', 11);
    expect(made).toEqual(['a', 'b', 'c', 'b', 'large', 'large']);
    await get('a');
    expect(made).toHaveLength(6);
  });

  test('keeps no failure', async () => {
    const cache = new ByteCache<string>(100, (value) => value.length);
    await expect(cache.get('a', () => Promise.reject(new Error('not now')), live())).rejects.toThrow('not now');
    await expect(cache.get('a', async () => 'made', live())).resolves.toBe('made');
  });

  test('ends what is being made when the last who waits has gone, and not before', async () => {
    const cache = new ByteCache<string>(100, (value) => value.length);
    const [one, two] = [new AbortController(), new AbortController()];
    let making = live();
    const make = (signal: AbortSignal) => ((making = signal), never());
    const first = cache.get('a', make, one.signal);
    const second = cache.get('a', make, two.signal);
    one.abort(new Error('one has gone'));
    await expect(first).rejects.toThrow('one has gone');
    expect(making.aborted).toBe(false);
    two.abort(new Error('two has gone'));
    await expect(second).rejects.toThrow('two has gone');
    expect(making.aborted).toBe(true);
    await expect(cache.get('a', async () => 'made anew', live())).resolves.toBe('made anew');
  });
});
