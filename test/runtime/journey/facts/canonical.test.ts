import fc from 'fast-check';
import { canonical, same } from '../../../../runtime/journey/facts/canonical';

const plain = fc.jsonValue({ maxDepth: 3 });

describe('plain data is the same', () => {
  test('if and only if its canonical text is', () => {
    fc.assert(fc.property(plain, plain, (one, other) => same(one, other) === (canonical(one) === canonical(other))));
  });

  test('as its copy, whatever the order of the keys', () => {
    const turned = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(turned);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, field]) => [name, turned(field)]),
      );
    };
    fc.assert(fc.property(plain, (value) => same(value, turned(value))));
  });

  test('with a field that is absent as with one that is undefined', () => {
    expect(same({ tag: '1', digest: undefined }, { tag: '1' })).toBe(true);
    expect(same({ tag: '1' }, { tag: '1', digest: undefined })).toBe(true);
    expect(same({ tag: '1' }, { tag: '1', digest: null })).toBe(false);
  });
});
