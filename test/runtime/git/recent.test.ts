import { alone, RecentObjects, upTo } from '../../../runtime/git/recent';

const blob = (size: number) => ({ type: 'blob' as const, size, content: Buffer.alloc(size) });

describe('objects that were read lately', () => {
  test('are kept as long as they are small and few; those that were read last stay', () => {
    const recent = new RecentObjects();
    recent.keep('first', blob(1000));
    recent.keep('large', blob(65 * 1024));
    recent.keep('unread', { type: 'blob', size: 1 });
    for (let number = 0; number < 60; number += 1) {
      recent.keep(`${number}`, blob(60_000));
      expect(recent.get('first')?.size).toBe(1000);
    }
    expect(recent.get('large')).toBeUndefined();
    expect(recent.get('unread')).toBeUndefined();
    const kept = Array.from({ length: 60 }, (_, number) => recent.get(`${number}`)).filter(Boolean);
    expect(kept.length).toBeGreaterThan(30);
    expect(kept.length * 60_000).toBeLessThan(2 * 1024 * 1024);
    recent.forget();
    expect(recent.get('first')).toBeUndefined();
  });

  test('keep no memory but their own, and come without content where that is larger than asked for', () => {
    const slab = Buffer.alloc(8192);
    expect(alone(slab.subarray(10, 20)).buffer.byteLength).toBe(10);
    expect(upTo(blob(10), 10)).toEqual(blob(10));
    expect(upTo(blob(10), 9)).toEqual({ type: 'blob', size: 10 });
  });
});
