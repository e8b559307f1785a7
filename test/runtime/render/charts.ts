/** Charts for tests, as files of a source and as archives. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Files of a chart below `folder`; `templates` are named without their folder. */
export function chart(
  folder: string,
  templates: Readonly<Record<string, string>>,
  metadata = '',
): Record<string, string> {
  const name = folder.split('/').at(-1) ?? folder;
  return {
    [`${folder}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n${metadata}`,
    ...Object.fromEntries(Object.entries(templates).map(([file, text]) => [`${folder}/templates/${file}`, text])),
  };
}

/** A ConfigMap `name` whose data are the lines given, which may be templates. */
export const configMapOf = (name: string, ...lines: string[]): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata:\n${lines.map((line) => `  ${line}\n`).join('')}`;

/** A chart as `helm package` would write it: one folder in a gzipped tar. */
export function archive(files: Readonly<Record<string, string>>): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'k8sta-chart-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const file = join(folder, 'chart.tgz');
    const top = [...new Set(Object.keys(files).map((path) => path.split('/', 1).join('')))];
    execFileSync('tar', ['-czf', file, '-C', folder, ...top]);
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
