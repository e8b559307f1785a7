/** What the API server fills into a spec that says nothing: for resources that are written by hand. */

export const TRACK_DEFAULTS = {
  enabled: true,
  hold: false,
  service: 'Latest',
  express: 'Immediate',
  onFailure: 'Continue',
  historyLimit: 50,
} as const;

export const STATION_DEFAULTS = {
  enabled: true,
  hold: false,
  via: 'Push',
  deadlines: { arrival: '30m', degraded: '1m', missing: '10m' },
} as const;

/** Of an Application that a Station names. */
export const REFERENCE_DEFAULTS = {
  namespace: 'argocd',
  enabled: true,
  sourceBranch: 'main',
  folder: '',
  layout: 'Files',
  adopt: false,
} as const;
