/** What the figures of rendering are taken on, and stock kustomize to render it with. */

import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { buildServers, serverFile } from '../scripts/real-servers.cjs';

const run = promisify(execFile);

export type Tree = ReadonlyMap<string, Uint8Array>;
export const OVERLAY = 'env/prod';
export const IMAGE = 'ghcr.io/acme/web';

const planted = (texts: Readonly<Record<string, string>>): Tree =>
  new Map(Object.entries(texts).map(([path, text]) => [path, Buffer.from(text)]));

const deployment = (name: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, labels: { app: ${name} } }
spec:
  replicas: 2
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: web
          image: ${IMAGE}:1.0.0
          ports: [{ containerPort: 8080, name: http }]
          envFrom: [{ configMapRef: { name: settings } }]
          readinessProbe: { httpGet: { path: /healthz, port: http } }
          resources: { requests: { cpu: 100m, memory: 64Mi }, limits: { memory: 128Mi } }
`;
const service = (name: string): string => `apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: ${name} }, ports: [{ port: 80, targetPort: http }] }
`;
const configMap = (name: string): string => `apiVersion: v1
kind: ConfigMap
metadata: { name: ${name} }
data: { LEVEL: info, REGION: eu, application.properties: "a=1\\nb=2\\nc=3\\n" }
`;
const ingress = (name: string): string => `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: ${name} }
spec: { rules: [{ host: ${name}.example.com, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: ${name}, port: { number: 80 } } } }] } }] }
`;

/** Two resources, a patch, a prefix, an image and a generator; every round another text. */
export const small = (round: number): Tree =>
  planted({
    'base/kustomization.yaml': 'resources: [deployment.yaml, service.yaml]\n',
    'base/deployment.yaml': deployment('web'),
    'base/service.yaml': service('web'),
    [`${OVERLAY}/kustomization.yaml`]: `namePrefix: prod-
resources: [../../base]
images: [{ name: ${IMAGE}, newTag: 1.4.2 }]
patches: [{ path: replicas.yaml }]
configMapGenerator: [{ name: settings, literals: ["ROUND=${round}"] }]
`,
    [`${OVERLAY}/replicas.yaml`]:
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { replicas: 3 }\n',
  });

/** So many objects of four kinds in files of ten, with a prefix and a label from the overlay; every round another label. */
export function large(objects: number, round: number): Tree {
  const kinds = [deployment, service, configMap, ingress];
  const texts = Array.from({ length: objects }, (_, i) => kinds[i % 4]?.(`app-${Math.floor(i / 4)}`) ?? '');
  const files = Array.from({ length: objects / 10 }, (_, i) => texts.slice(10 * i, 10 * (i + 1)).join('---\n'));
  const names = files.map((_, i) => `part-${i}.yaml`);
  return planted({
    'base/kustomization.yaml': JSON.stringify({ resources: names }),
    ...Object.fromEntries(files.map((text, i) => [`base/${names[i]}`, text])),
    [`${OVERLAY}/kustomization.yaml`]: `namePrefix: prod-
resources: [../../base]
labels: [{ pairs: { round: "${round}" } }]
images: [{ name: ${IMAGE}, newTag: 1.4.2 }]
`,
  });
}

/** The tree on disk, for those who read one. */
export async function plant(tree: Tree, folder: string): Promise<string> {
  for (const [path, content] of tree) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return join(folder, OVERLAY);
}

/** Stock kustomize of the version whose libraries the shim links, built from its released module. */
export async function stockKustomize(): Promise<string> {
  await buildServers(['kustomize']);
  return serverFile('kustomize');
}

/** One render as peers do it: a process of its own. */
export const build = async (kustomize: string, folder: string): Promise<string> =>
  (await run(kustomize, ['build', folder], { maxBuffer: 2 ** 28 })).stdout;
