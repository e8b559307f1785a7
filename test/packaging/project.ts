/** A team's project, fresh from `cdk8s init typescript-app`, with the packed package installed, on the machine's own Node. */

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { execute } from './shell';
import { startTree } from './start-tree';

const root = resolve(__dirname, '../..');

interface Manifest {
  readonly version: string;
  readonly dependencies?: Record<string, string>;
}

const manifestIn = (folder: string): Manifest =>
  // The manifest of an installed package.
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

const manifestOf = (name: string): Manifest => manifestIn(dirname(require.resolve(`${name}/package.json`)));

export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), 'k8sta-consumer-'));
  private flag: string | undefined;

  /** Runs a command line in the project. */
  run(command: string): string {
    return execute(command, this.folder);
  }

  /** The modules that one import loads, by path. */
  loadedBy(name: string): string[] {
    // ES modules are refused, as an older Node and jest 29 would: what loads here is CommonJS alone.
    const flags = 'process.allowedNodeEnvironmentFlags';
    const refuse = '--no-experimental-require-module';
    this.flag ??= this.run(`node -p "${flags}.has('${refuse}') ? '${refuse}' : ''"`).trim();
    const { flag } = this;
    const script = `require('${name}'); console.log(Object.keys(require.cache).join('\\n'))`;
    return this.run(`node ${flag} -e "${script}"`).trim().split('\n');
  }

  /** Version of an installed package. */
  versionOf(name: string): string {
    return manifestIn(join(this.folder, 'node_modules', name)).version;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Packs this repository and installs the tarball into the template's project. */
  install(): void {
    const { folder } = this;
    const template = join(dirname(require.resolve('cdk8s-cli/package.json')), 'templates', 'typescript-app');
    const versions: Record<string, string> = {
      $base: 'guestbook',
      cdk8s_core_version: manifestOf('cdk8s').version,
      cdk8s_plus_version: manifestOf('cdk8s-plus-33').version,
      constructs_version: manifestOf('constructs').version,
      cdk8s_cli_spec: manifestOf('cdk8s-cli').version,
    };
    for (const file of ['package.json', 'tsconfig.json', 'jest.config.js', 'cdk8s.yaml']) {
      const text = readFileSync(join(template, file), 'utf8').replace(/\{\{\s*(\S+?)\s*\}\}/g, (_, name: string) => {
        const version = versions[name];
        if (version === undefined)
          throw new Error(`The template's ${file} asks for '${name}', which is not known here.`);
        return version;
      });
      writeFileSync(join(folder, file), text);
    }
    cpSync(join(__dirname, 'samples'), folder, { recursive: true });
    execute(`npm pack --pack-destination "${folder}"`, root);
    const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'));
    if (tarball === undefined) throw new Error('npm pack made no tarball');
    startTree(
      join(root, 'node_modules'),
      join(folder, 'node_modules'),
      Object.keys(manifestIn(root).dependencies ?? {}),
    );
    this.run(`npm install --prefer-offline --no-audit --no-fund --no-package-lock --loglevel=error ./${tarball}`);
  }
}
