/**
 * What the runtime answers over HTTP: probes and metrics, and webhooks and the dashboard at addresses of their own. Lives here: routes and
 * how answers look. May not live here: what is well and what is not, or what a webhook says, which is asked.
 */
export { type DashboardOptions, serveDashboard } from './dashboard';
export type { Served } from './listen';
export { type Probe, serve, type ServedOptions } from './server';
export { type Parcel, serveWebhooks, type WebhooksOptions } from './webhooks';
