// Generates imports/argoproj.io.ts, Argo CD's kinds as constructs, from the definitions in imports/argocd-crds.
//
//   node scripts/import.cjs [folder]     @default imports
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const root = path.resolve(__dirname, '..');
const definitions = path.join(root, 'imports', 'argocd-crds');
const output = path.resolve(process.argv[2] ?? path.join(root, 'imports'));
const cdk8s = path.join(path.dirname(require.resolve('cdk8s-cli/package.json')), 'bin', 'cdk8s');

// One file for each API group: kinds of one group must come in one document stream, else the last one alone remains.
const room = fs.mkdtempSync(path.join(os.tmpdir(), 'k8sta-import-'));
try {
  const stream = path.join(room, 'argocd.yaml');
  const files = fs.readdirSync(definitions).filter((file) => file.endsWith('.yaml'));
  fs.writeFileSync(
    stream,
    files
      .sort()
      .map((file) => fs.readFileSync(path.join(definitions, file), 'utf8').trimEnd())
      .join('\n---\n'),
  );
  execFileSync(
    process.execPath,
    [cdk8s, 'import', '--no-save', '--language', 'typescript', '--output', output, stream],
    {
      cwd: room,
      stdio: 'pipe',
      env: { ...process.env, CDK8S_CHECK_UPGRADE: 'false' },
    },
  );
} finally {
  fs.rmSync(room, { recursive: true, force: true });
}
