import { DEFAULT_SOURCE_BRANCH } from './api';
import { REPOSITORY_PATTERN } from './api/schema';
import { invalidProp } from './invalid-prop';
import { branchProblem, folderProblem, joinFolders } from './network/git-ref';

export interface GitRepositoryOptions {
  /**
   * The source branch: the one branch that people edit.
   *
   * @default 'main'
   */
  readonly branch?: string;
}

const REPOSITORY_URL = new RegExp(REPOSITORY_PATTERN);
const PASSWORD = /^[a-z+]+:\/\/[^/@]*:[^/@]*@/i;

/** A Git repository that holds base and overlays, and gets the rendered branches. */
export class GitRepository {
  /**
   * The repository at an address.
   *
   * @param url `https://`, `http://`, `ssh://` or `git@host:path`, without a password
   * @throws Error when the address or the branch cannot be used
   */
  static at(url: string, options: GitRepositoryOptions = {}): GitRepository {
    if (PASSWORD.test(url)) {
      throw new Error(
        'url holds a password, which would be readable in every resource; leave it out and store it in a Secret with ' +
          'the label k8sta.io/credential',
      );
    }
    if (!REPOSITORY_URL.test(url)) {
      throw invalidProp('url', url, 'is no Git address', "write 'https://…', 'ssh://…' or 'git@host:path'");
    }
    const branch = options.branch ?? DEFAULT_SOURCE_BRANCH;
    const problem = branchProblem(branch);
    if (problem !== undefined) throw invalidProp('branch', branch, problem, 'name the branch that people edit');
    return new GitRepository(url, branch, '');
  }

  private constructor(
    /** Address, as it was written. */
    readonly url: string,
    /** The source branch. */
    readonly branch: string,
    /** Folder that base, overlays and source subscription are seen from; empty means the root. */
    readonly path: string,
  ) {}

  /**
   * The same repository seen from a folder: its `base/`, its overlays and its source subscription are relative to it,
   * and rendered branches carry the full path (rule L5).
   *
   * @throws Error when the path leaves the repository or cannot be a path of it
   */
  folder(path: string): GitRepository {
    const problem = path === '' ? 'is empty' : folderProblem(path);
    if (problem !== undefined) {
      throw invalidProp('folder', path, problem, "write a path inside the repository, such as 'services/api'");
    }
    return new GitRepository(this.url, this.branch, joinFolders(this.path, path));
  }
}
