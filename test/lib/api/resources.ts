/** Resources as people and the runtime write them, for the tests of the resource model. */

const API_VERSION = 'k8sta.io/v1alpha1';
const SHA = 'a'.repeat(40);

/** What Kubernetes adds to every stored object. */
export const metadata = (name: string) => ({
  name,
  namespace: 'guestbook',
  uid: `uid-of-${name}`,
  resourceVersion: '7',
  creationTimestamp: '2030-01-31T09:00:00Z',
});

export const track = (spec: object = {}, name = 'main') => ({
  apiVersion: API_VERSION,
  kind: 'Track',
  metadata: metadata(name),
  spec: {
    subscriptions: [
      { name: 'guestbook', images: { repositories: ['ghcr.io/acme/guestbook'], select: { semver: {} } } },
      { name: 'source', source: { repoURL: 'https://git.example.com/guestbook.git' } },
    ],
    stations: [{ name: 'test' }, { name: 'prod' }],
    ...spec,
  },
});

export const application = (more: object = {}) => ({
  name: 'guestbook-prod-web',
  namespace: 'argocd',
  repoURL: 'https://git.example.com/guestbook.git',
  overlay: 'env/prod',
  branch: 'env/prod',
  ...more,
});

export const station = (spec: object = {}, name = 'prod') => ({
  apiVersion: API_VERSION,
  kind: 'Station',
  metadata: metadata(name),
  spec: { applications: [application()], ...spec },
});

export const ticket = (spec: object = {}, status?: object) => ({
  apiVersion: API_VERSION,
  kind: 'Ticket',
  metadata: metadata('main-7'),
  spec: { track: 'main', change: { images: [{ repoURL: 'ghcr.io/acme/guestbook', tag: '1.4.0' }] }, ...spec },
  ...(status !== undefined && { status }),
});

export { SHA };
