/** Parts of a network in the documents: what stands around them goes without saying, and is said here. */

const NAMES = ['Application', 'Duration', 'Gate', 'GitRepository', 'HelmChart', 'Render', 'Station', 'Subject', 'Subscription', 'Track', 'Value']; // prettier-ignore

/** A block as a module of its own: one without imports stands inside a Chart that has a repository and makes stops. */
export function asModule(text: string): string {
  if (/^import /m.test(text)) return text;
  return `import { Chart } from 'cdk8s';
import { ${NAMES.join(', ')}, type StationProps } from 'k8sta';
export class Fragment extends Chart {
  constructor(scope: never, id: string) {
    super(scope, id, { namespace: 'shop' });
    const repository = GitRepository.at('https://git.example.com/shop.git');
    const stop = (name: string, props?: StationProps) =>
      new Station(this, name, props).application('web', { repository, overlay: \`env/\${name}\` });
${text}
  }
}
`;
}
