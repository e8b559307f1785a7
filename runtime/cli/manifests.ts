/** Reads what `cdk8s synth` wrote: every object of every YAML file below a folder. */

import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { messageOf } from '../errors';
import { codeOf } from './errors';
import type { Terminal } from './terminal';

/** An object of a manifest; what else it holds is its kind's business. */
export interface ManifestObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: unknown;
}

export interface Manifest {
  /** File, from the folder that was read. */
  readonly file: string;
  readonly object: ManifestObject;
}

/** Where `cdk8s synth` writes when nobody says otherwise. */
const DEFAULT_OUTPUT = 'dist';

/** The folder that a command reads: the one that is named, or the one that `cdk8s.yaml` has synth write to. */
export const outputFolder = (terminal: Terminal, named: string | undefined): string =>
  resolve(terminal.cwd, named ?? configuredOutput(terminal.cwd) ?? DEFAULT_OUTPUT);

/** What `cdk8s.yaml` says; nothing where it is not there or cannot be read, which is synth's to tell. */
function configuredOutput(cwd: string): string | undefined {
  try {
    const config: unknown = parse(readFileSync(join(cwd, 'cdk8s.yaml'), 'utf8'));
    const { output } = Object(config) as { readonly output?: unknown };
    return typeof output === 'string' && output !== '' ? output : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Every object, in the order of files and documents.
 *
 * @throws Error that names each file that cannot be read and each document that is no Kubernetes object, all at once
 */
export async function readManifests(folder: string): Promise<Manifest[]> {
  const files = await yamlFiles(folder);
  if (files.length === 0) {
    throw new Error(`${folder} holds no YAML file: run cdk8s synth first, or name the folder that it writes to`);
  }
  const problems: string[] = [];
  const manifests: Manifest[] = [];
  for (const file of files) {
    const text = await readFile(join(folder, file), 'utf8');
    for (const [index, document] of parseAllDocuments(text).entries()) {
      const where = `${join(folder, file)}, document ${index + 1}`;
      const [mistake] = document.errors;
      if (mistake !== undefined) {
        problems.push(`${where}: ${mistake.message.split('\n')[0]}`);
        continue;
      }
      let object: unknown;
      try {
        object = document.toJS();
      } catch (error) {
        // Aliases that unfold into more than anybody wrote.
        problems.push(`${where}: ${messageOf(error)}`);
        continue;
      }
      if (object === null || object === undefined) continue;
      if (isObject(object)) manifests.push({ file, object });
      else problems.push(`${where}: no Kubernetes object: apiVersion, kind or metadata.name is missing`);
    }
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return manifests;
}

async function yamlFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    const code = codeOf(error);
    if (code === 'ENOENT')
      throw new Error(`${folder} does not exist: run cdk8s synth first, or name the folder that it writes to`);
    if (code === 'ENOTDIR') throw new Error(`${folder} is no folder: name the one that cdk8s synth writes to`);
    throw error;
  });
  return entries
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

function isObject(value: unknown): value is ManifestObject {
  if (typeof value !== 'object' || value === null) return false;
  const { apiVersion, kind, metadata } = value as Partial<ManifestObject>;
  return typeof apiVersion === 'string' && typeof kind === 'string' && typeof metadata?.name === 'string';
}
