import { normaliseRepositoryURL } from '../../../lib/network/repository-url';

test.each([
  ['https://git.example.com/acme/web.git', 'https://git.example.com/acme/web'],
  ['HTTPS://Git.Example.com/acme/web/', 'https://git.example.com/acme/web'],
  ['https://ci:token@git.example.com:443/acme/web.git', 'https://git.example.com/acme/web'],
  ['http://127.0.0.1:3000/web.git', 'http://127.0.0.1:3000/web'],
  ['git@git.example.com:acme/web.git', 'ssh://git.example.com/acme/web'],
  ['ssh://git@git.example.com:22/acme/web', 'ssh://git.example.com/acme/web'],
  ['ssh://git@git.example.com:2222/acme/web', 'ssh://git.example.com:2222/acme/web'],
  [' https://git.example.com//acme///web.git/ ', 'https://git.example.com/acme/web'],
  ['https://git.example.com/Acme/Web', 'https://git.example.com/Acme/Web'],
])('%s is %s', (written, normal) => {
  expect(normaliseRepositoryURL(written)).toBe(normal);
  expect(normaliseRepositoryURL(normal)).toBe(normal);
});
