import type { Draft } from '../../../../runtime/kube';

const ours = (kind: string, namespace: string, name: string, spec: object): Draft =>
  ({ apiVersion: 'k8sta.io/v1alpha1', kind, metadata: { namespace, name }, spec }) as Draft;

const application = { name: 'web', namespace: 'argocd', repoURL: 'https://github.com/acme/shop.git' };
/** An entry of a station's applications. */
export const applicationNamed = (name: string) => ({
  ...application,
  name,
  overlay: `env/${name}`,
  branch: `env/${name}`,
});

export const station = (namespace: string, name: string, more: object = {}): Draft =>
  ours('Station', namespace, name, {
    applications: [{ ...application, overlay: `env/${name}`, branch: `env/${name}` }],
    ...more,
  });

export const track = (namespace: string, name: string, stations = ['prod']): Draft =>
  ours('Track', namespace, name, { stations: stations.map((one) => ({ name: one })) });

export const ticket = (namespace: string, name: string, more: object = {}): Draft =>
  ours('Ticket', namespace, name, {
    track: 'main',
    change: { images: [{ repoURL: 'ghcr.io/acme/web', tag: '1.0.0' }] },
    ...more,
  });
