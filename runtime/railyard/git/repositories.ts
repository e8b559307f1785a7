import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeBareRepository } from './bare-repository';

const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/** The bare repositories of one folder, by name: `guestbook.git`, `acme/guestbook.git`. */
export class Repositories {
  private readonly creating = new Map<string, Promise<string>>();

  /** @param folder existing folder that holds them */
  constructor(readonly folder: string) {}

  /**
   * Makes an empty bare repository with default branch `main`; one that exists stays as it is.
   *
   * @param name with or without `.git`
   * @returns its name with `.git`
   * @throws Error for a name with anything but letters, digits, `.`, `_`, `-` and `/`
   */
  create(name: string): Promise<string> {
    const full = withSuffix(name);
    const running = this.creating.get(full);
    if (running !== undefined) return running;
    const made = this.init(full).finally(() => this.creating.delete(full));
    this.creating.set(full, made);
    return made;
  }

  /** Whether it exists, with or without `.git` in the name. */
  has(name: string): boolean {
    if (!isValid(name)) return false;
    return exists(this.path(name));
  }

  /** The text of its configuration file; of one that exists. */
  configuration(name: string): string {
    return readFileSync(join(this.path(name), 'config'), 'utf8');
  }

  /** Where it is. */
  path(name: string): string {
    return join(this.folder, withSuffix(name));
  }

  private async init(name: string): Promise<string> {
    if (!isValid(name)) {
      throw new Error(
        `"${name}" cannot name a repository: use letters, digits, ".", "_", "-", and "/" between folders.`,
      );
    }
    const path = join(this.folder, name);
    if (exists(path)) return name;
    // Made aside and moved into place: who kills us halfway leaves no half repository under its name.
    const fresh = `${path}.new`;
    await rm(fresh, { recursive: true, force: true });
    await mkdir(dirname(path), { recursive: true });
    await makeBareRepository(fresh);
    await rename(fresh, path);
    return name;
  }
}

/** Whether a path from a URL or a caller can be a repository's name. */
function isValid(name: string): boolean {
  return name.split('/').every((segment) => SEGMENT.test(segment)) && name.length <= 200;
}

function withSuffix(name: string): string {
  return name.endsWith('.git') ? name : `${name}.git`;
}

function exists(path: string): boolean {
  return existsSync(join(path, 'HEAD'));
}
