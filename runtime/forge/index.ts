/**
 * The runtime's only contact with forges: pull requests are found by their branch, opened, merged and closed, and words are said on commits. Lives here:
 * their APIs, credentials on the wire, what their answers mean. May not live here: what a pull request is for, what it
 * says, or when it is merged (that is the journey's).
 */

export type { CommitStatus, Effect, Forges, MergeOrder, PullRequest, PullRequestOrder, Way } from './contract';
export { createForges, type ForgeCredential } from './forges';
