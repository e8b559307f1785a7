// Test files that need more than Node and Git (the npm registry, Go and what it builds), and those that kill, pause and
// fill what simulations do in milliseconds. `npm run test:long` runs them; `npm test` is for everybody, at any time.
module.exports = [
  'test/packaging/',
  'test/container/',
  'test/docs/types',
  'test/examples/helm',
  'test/lib/api/crd-oracle',
  'test/lib/install/prometheus',
  'test/runtime/cli/shells',
  'test/runtime/dispatch/(announcer|caches/shard|chart|crash|failover|fence)',
  'test/runtime/git/(faults|launcher|mirrors|race)',
  'test/runtime/render/(faults|helm|limits|native|other-kustomize|shim)',
  'test/runtime/server/dashboard/oidc',
  'test/scripts/',
  'test/simulation/requests-crash',
];
