import fc from 'fast-check';
import { parseImageReference } from '../../../lib/network/image-reference';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('an image reference', () => {
  test.each([
    ['nginx', { repoURL: 'docker.io/library/nginx' }],
    ['nginx:1.25', { repoURL: 'docker.io/library/nginx', tag: '1.25' }],
    ['docker.io/nginx', { repoURL: 'docker.io/library/nginx' }],
    ['index.docker.io/library/nginx:1', { repoURL: 'docker.io/library/nginx', tag: '1' }],
    ['acme/web', { repoURL: 'docker.io/acme/web' }],
    ['ghcr.io/acme/web:1.2', { repoURL: 'ghcr.io/acme/web', tag: '1.2' }],
    [`ghcr.io/acme/web@${DIGEST}`, { repoURL: 'ghcr.io/acme/web', digest: DIGEST }],
    [`ghcr.io/acme/web:v1_2.3-rc.1@${DIGEST}`, { repoURL: 'ghcr.io/acme/web', tag: 'v1_2.3-rc.1', digest: DIGEST }],
    ['localhost/web', { repoURL: 'localhost/web' }],
    ['localhost:5000/web:5000', { repoURL: 'localhost:5000/web', tag: '5000' }],
    ['registry:5000/a/b/c', { repoURL: 'registry:5000/a/b/c' }],
    ['GHCR.io/acme/web', { repoURL: 'ghcr.io/acme/web' }],
    ['Registry/web', { repoURL: 'Registry/web' }],
    ['LOCALHOST/web', { repoURL: 'localhost/web' }],
    ['127.0.0.1:5000/web', { repoURL: '127.0.0.1:5000/web' }],
    ['[fd00::1]:5000/web:1', { repoURL: '[fd00::1]:5000/web', tag: '1' }],
    ['quay.io/a/b__c.d--e', { repoURL: 'quay.io/a/b__c.d--e' }],
  ])('%s', (reference, parsed) => expect(parseImageReference(reference)).toEqual(parsed));

  test.each([
    ['', 'names no repository'],
    [':1.2', 'names no repository'],
    [`@${DIGEST}`, 'names no repository'],
    ['ghcr.io/Acme/web', '"Acme/web" is not a repository'],
    ['ghcr.io/acme//web', '"acme//web" is not a repository'],
    ['ghcr.io/acme/web/', '"acme/web/" is not a repository'],
    ['ghcr.io/acme/-web', '"acme/-web" is not a repository'],
    ['https://ghcr.io/acme/web', '"https:" is not a registry host'],
    ['gh_cr.io/acme/web', '"gh_cr.io" is not a registry host'],
    ['${IMAGE}', '"library/${IMAGE}" is not a repository'],
    ['nginx 1.25', '"library/nginx 1.25" is not a repository'],
    ['ghcr.io/acme/web:', '"" is not a tag'],
    ['ghcr.io/acme/web:-1', '"-1" is not a tag'],
    [`nginx:${'1'.repeat(129)}`, 'is not a tag'],
    ['nginx@sha256:abc', '"sha256:abc" is not a digest'],
    [`nginx@${DIGEST.toUpperCase()}`, 'is not a digest'],
    [`nginx@${DIGEST}@${DIGEST}`, '"@" may stand once'],
    ['a'.repeat(256), 'longer than 255'],
    ['f'.repeat(64), 'an image id, not a repository'],
  ])('refused, with the reference and the reason: %s', (reference, reason) => {
    expect(() => parseImageReference(reference)).toThrow(reason);
    expect(() => parseImageReference(reference)).toThrow(JSON.stringify(reference));
  });

  test('any text is parsed or refused by words, and what was parsed parses to itself', () => {
    const letters = fc.constantFrom(...'aZ0.:/@-_[ ]é');
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 40 }), (text) => {
        let parsed;
        try {
          parsed = parseImageReference(text);
        } catch (error) {
          expect(String(error)).toContain('does not parse');
          return;
        }
        const tag = parsed.tag === undefined ? '' : `:${parsed.tag}`;
        const digest = parsed.digest === undefined ? '' : `@${parsed.digest}`;
        expect(parseImageReference(`${parsed.repoURL}${tag}${digest}`)).toEqual(parsed);
      }),
      { numRuns: 5000 },
    );
  });

  test('hostile lengths cost no time', () => {
    const started = performance.now();
    for (const text of ['a-'.repeat(1e6), `${'a.'.repeat(1e6)}/b`, `a:${'b'.repeat(1e6)}!`, `a@${'b+'.repeat(1e6)}`]) {
      expect(() => parseImageReference(text)).toThrow('does not parse');
    }
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
