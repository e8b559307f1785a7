import { Chart, Testing } from 'cdk8s';
import { TransitAuthority, type TransitAuthorityProps } from '../../../lib/install';

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly { readonly apiGroups: string[]; readonly resources: string[]; readonly verbs: string[] }[];
  readonly spec?: Record<string, unknown>;
}

const synth = (props: Partial<TransitAuthorityProps> = {}): Manifest[] => {
  const chart = new Chart(Testing.app(), 'k8sta');
  new TransitAuthority(chart, 'authority', { image: 'registry.example.com/k8sta:1.0.0', ...props });
  return Testing.synth(chart) as Manifest[];
};
const of = (kind: string, manifests = synth()): Manifest[] => manifests.filter((one) => one.kind === kind);

describe('TransitAuthority', () => {
  test('installs the three definitions before anything that needs them', () => {
    const kinds = synth().map((one) => one.kind);
    expect(kinds.slice(0, 3)).toEqual(Array(3).fill('CustomResourceDefinition'));
    expect(of('CustomResourceDefinition', synth({ definitions: false }))).toEqual([]);
  });

  test('S16: no right on Secrets reaches beyond the runtime’s own namespace', () => {
    const everywhere = of('ClusterRole').flatMap((role) => role.rules ?? []);
    expect(everywhere.flatMap((rule) => rule.resources)).not.toContain('secrets');
    expect(of('Role').map(({ metadata }) => metadata.namespace)).toEqual(['k8sta-system']);
  });

  test('reads pull secrets by name only in the namespaces that were named', () => {
    const roles = of('Role', synth({ pullSecretNamespaces: ['shop'] })).filter(
      (role) => role.metadata.namespace === 'shop',
    );
    expect(roles.flatMap((role) => role.rules ?? [])).toEqual([
      { apiGroups: [''], resources: ['secrets'], verbs: ['get'] },
    ]);
  });

  test('may write the status of our kinds and never a spec, and no spec of an Application but by patch', () => {
    const rules = of('ClusterRole').flatMap((role) => role.rules ?? []);
    const verbsOn = (resource: string) =>
      rules.filter((rule) => rule.resources.includes(resource)).flatMap((rule) => rule.verbs);
    expect(verbsOn('stations')).toEqual(['get', 'list', 'watch']);
    expect(verbsOn('stations/status')).toEqual(['update', 'patch']);
    expect(verbsOn('applications')).toEqual(['get', 'list', 'watch', 'patch']);
    expect(rules.some((rule) => rule.verbs.includes('*') || rule.resources.includes('*'))).toBe(false);
  });

  test('runs as nobody in particular, with a read-only root and no privilege', () => {
    const pod = of('Deployment')[0]?.spec?.['template'];
    expect(pod).toMatchObject({
      spec: {
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ['ALL'] },
              privileged: false,
              readOnlyRootFilesystem: true,
              runAsNonRoot: true,
            },
          },
        ],
      },
    });
  });

  test('passes registry mirrors on, sorted, so that the output is byte-stable', () => {
    const registryMirrors = { 'quay.io': 'http://two', 'ghcr.io': 'http://one' };
    expect(JSON.stringify(of('Deployment', synth({ registryMirrors })))).toContain(
      '"--registry-mirror","ghcr.io=http://one","--registry-mirror","quay.io=http://two"',
    );
  });

  test.each(['k8sta', 'registry.example.com:5000/k8sta'])('refuses the image %s, which names no version', (image) => {
    expect(() => synth({ image })).toThrow(`image '${image}' names no version`);
  });
});
