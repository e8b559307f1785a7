/** What the Deployments of the tests' networks run. */
export const IMAGE = 'ghcr.io/acme/web';
