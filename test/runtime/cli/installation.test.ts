import { App, Chart } from 'cdk8s';
import { TransitAuthority, type TransitAuthorityProps } from '../../../lib/install';
import { k8sta } from './terminal';

const constructed = (props: TransitAuthorityProps): string => {
  const app = new App();
  new TransitAuthority(new Chart(app, 'k8sta'), 'authority', props);
  return app.synthYaml();
};

const IMAGE = 'registry.example.com/k8sta:1.0.0';

describe('k8sta manifests', () => {
  test('prints what the construct installs', async () => {
    expect(await k8sta(['manifests', '--image', IMAGE])).toEqual({
      code: 0,
      out: constructed({ image: IMAGE }),
      err: '',
    });
  });

  test('has an option for every prop that a command line can carry', async () => {
    const { out } = await k8sta([
      ...['manifests', '--image', IMAGE, '--namespace', 'delivery', '--name', 'eu', '--no-definitions'],
      ...['--watch-namespace', 'shop', '--watch-namespace', 'blog', '--argocd-namespace', 'argo'],
      ...['--credential', 'git', '--pull-secret', 'shop/a', '--pull-secret', 'shop/b', '--log-level', 'debug'],
      ...['--registry-mirror', 'ghcr.io=http://127.0.0.1:5000', '--registry-network', '10.1.0.0/16', '--monitoring'],
    ]);
    const same = constructed({
      image: IMAGE,
      namespace: 'delivery',
      name: 'eu',
      definitions: false,
      namespaces: ['shop', 'blog'],
      argocdNamespaces: ['argo'],
      credentials: ['git'],
      pullSecrets: { shop: ['a', 'b'] },
      logLevel: 'debug',
      monitoring: {},
      registryMirrors: { 'ghcr.io': 'http://127.0.0.1:5000' },
      registryNetworks: ['10.1.0.0/16'],
    });
    expect(out).toBe(same);
  });

  test('prints YAML that holds the definitions and the Deployment', async () => {
    const { out } = await k8sta(['manifests', '--image', IMAGE]);
    const kinds = out.split(/^---$/m).map((text) => /^kind: (\w+)$/m.exec(text)?.[1]);
    expect(kinds).toEqual(
      expect.arrayContaining(['CustomResourceDefinition', 'ValidatingAdmissionPolicy', 'Deployment']),
    );
  });

  test('says what is wrong with an option in the words of its prop, and prints nothing', async () => {
    const { code, out, err } = await k8sta(['manifests', '--image', 'k8sta']);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain("image 'k8sta' names no version");
  });
});
