/** Credentials for one contact each: asked for anew every time, and once more where a server refuses them. */

import type { GitCredential, WireCredential } from './contract';
import type { GitHubApps } from './github-app';

export class Credentials {
  constructor(
    private readonly ask: (repoURL: string) => Promise<GitCredential | undefined>,
    private readonly apps: GitHubApps,
  ) {}

  /**
   * Does something with the credential for a repository. Where the server refuses it, it is done once more if there is
   * another one by now: a token may have been taken back, or the Secret rotated.
   */
  async using<T>(
    repoURL: string,
    work: (credential: WireCredential | undefined) => Promise<T>,
    isRefused: (result: T) => boolean,
  ): Promise<T> {
    const first = await this.ask(repoURL);
    const credential = await this.onTheWire(first);
    const result = await work(credential);
    if (!isRefused(result) || credential === undefined) return result;
    if (first !== undefined && 'githubApp' in first && 'password' in credential) {
      await this.apps.refused(first.githubApp, credential.password);
    }
    const another = await this.onTheWire(await this.ask(repoURL));
    return another === undefined || isSame(credential, another) ? result : work(another);
  }

  private async onTheWire(credential: GitCredential | undefined): Promise<WireCredential | undefined> {
    if (credential === undefined || !('githubApp' in credential)) return credential;
    return { password: await this.apps.token(credential.githubApp) };
  }
}

const isSame = (one: WireCredential, other: WireCredential): boolean => JSON.stringify(one) === JSON.stringify(other);
