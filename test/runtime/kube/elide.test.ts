import fc from 'fast-check';
import { elideArrays } from '../../../runtime/kube/elide';

const keys = ['items', 'é', 'a-b'];

/** What a reader would see who parsed everything and emptied the arrays himself. */
function emptied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(emptied);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      keys.includes(key) && Array.isArray(inner) ? [] : emptied(inner),
    ]),
  );
}

describe('Leaving arrays out of JSON', () => {
  const elide = elideArrays(keys.map((key) => ({ key })));

  test('gives what parsing everything and emptying them would give, for any JSON', () => {
    const awkward = fc.constantFrom('items', 'é', 'a-b', '\\items', '"items":[', '"', '\\', ']', '}', '[1]');
    const key = fc.oneof(awkward, fc.string());
    const { tree } = fc.letrec((tie) => ({
      leaf: fc.oneof(fc.constant(null), fc.boolean(), fc.double({ noNaN: true, noDefaultInfinity: true }), key),
      tree: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        tie('leaf'),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const json = JSON.stringify(value);
        expect(JSON.parse(elide(Buffer.from(json)))).toEqual(emptied(JSON.parse(json)));
      }),
      { numRuns: 1_000 },
    );
  });

  test('changes nothing where nothing is to be left out', () => {
    const json = '{"items":[1,2,{"x":"é"}]}';
    expect(elideArrays([])(Buffer.from(json))).toBe(json);
    expect(elideArrays([{ key: 'other' }])(Buffer.from(json))).toBe(json);
  });

  test('reads an array whole in which a key has the value that it is asked to look for', () => {
    const some = elideArrays([{ key: 'items', unless: '"keep":true' }]);
    const json =
      '{"a":{"items":["keep",{"kept":true},{"keep":false}]},"b":{"items":[{"keep":true},{"items":[1]}]},"items":[2]}';
    const text = '{"a":{"items":[]},"b":{"items":[{"keep":true},{"items":[]}]},"items":[]}';
    expect(some(Buffer.from(json))).toBe(text);
    expect(() => elideArrays([{ key: 'items', unless: 'keep' }])).toThrow('unless: keep is no JSON key with its value');
  });

  test('leaves the text of JSON that was cut off to the parser', () => {
    expect(elide(Buffer.from('{"items":[1,2'))).toBe('{"items":[1,2');
    for (const json of ['{"items":["1\\', '{"items\\', '{"items":', '{"a":[1,2],"items'])
      expect(elide(Buffer.from(json))).toBe(json);
  });
});
