/**
 * What the runtime answers over HTTP: probes and metrics. Lives here: routes and how answers look. May not live here:
 * what is well and what is not, which is asked.
 */
export { type Probe, serve, type Served, type ServedOptions } from './server';
