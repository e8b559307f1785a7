import fc from 'fast-check';
import { labelProblem, nameFromPath, objectNameProblem, placeNameProblem } from '../../../lib/network/name';

describe('names from construct paths (rule L2)', () => {
  test.each([
    [['test'], 'test'],
    [['api', 'test'], 'api-test'],
    [['Shop', 'Test_1'], 'shop-test-1'],
    [['--eu--west--'], 'eu--west'],
    [['Müller & Söhne'], 'm-ller-s-hne'],
    [['a.b', 'c d'], 'a-b-c-d'],
    [['...', 'x'], 'x'],
    [['.'], ''],
  ])('%j comes to %j', (ids, name) => {
    expect(nameFromPath(ids)).toBe(name);
  });

  test('whatever the ids, the name is one that Kubernetes takes, unless it is empty or too long', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (ids) => {
        const name = nameFromPath(ids);
        expect(name).toMatch(/^$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
        if (name !== '' && name !== 'lock' && name.length <= 40) expect(placeNameProblem(name)).toBeUndefined();
      }),
    );
  });

  test('a name stays itself', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,10}[a-z0-9])?$/), (name) => {
        expect(nameFromPath([name])).toBe(name);
      }),
    );
  });
});

describe('names that cannot be (rule B8)', () => {
  test.each([
    ['', 'is not a DNS label'],
    ['Test', 'is not a DNS label'],
    ['a.b', 'is not a DNS label'],
    ['-a', 'is not a DNS label'],
    ['a-', 'is not a DNS label'],
    ['a\n', 'is not a DNS label'],
    ['lock', 'is reserved'],
    ['a'.repeat(41), 'has 41 characters, at most 40 fit'],
  ])('a station called %j', (name, problem) => {
    expect(placeNameProblem(name)).toContain(problem);
  });

  test('a place may be called by 40 characters, a namespace by 63, an object by 253 with dots', () => {
    expect(placeNameProblem('a'.repeat(40))).toBeUndefined();
    expect(labelProblem('a'.repeat(63))).toBeUndefined();
    expect(labelProblem('a'.repeat(64))).toContain('64 characters');
    expect(labelProblem('lock')).toBeUndefined();
    expect(objectNameProblem('shop.example.com')).toBeUndefined();
    expect(objectNameProblem('a'.repeat(254))).toContain('254 characters');
    expect(objectNameProblem('a..b')).toContain('is not a Kubernetes name');
    expect(objectNameProblem('a.-b')).toContain('is not a Kubernetes name');
  });
});
