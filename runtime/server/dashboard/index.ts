/**
 * The dashboard over HTTP: the page, a stream of what changes, resources and diffs, and the verbs of people. Lives here:
 * routes, sign-in, and who may see what. May not live here: a rule of the journey, a write with the runtime's own rights,
 * or a second watch of what the runtime watches.
 */
export { type DashboardOptions, serveDashboard } from './serve';
