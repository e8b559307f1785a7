/** Whether a proxy stands between us and a server, by the environment and as Git's own HTTP client reads it. Pure. */

type Variables = Readonly<Record<string, string | undefined>>;

/** Where it cannot be told (`no_proxy` as a network), a proxy is assumed: Git's commands then find the way. */
export function isProxied(url: string, environment: Variables): boolean {
  const { protocol, hostname } = new URL(url);
  const names = protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy'];
  const proxy = [...names, 'all_proxy', 'ALL_PROXY'].map((name) => environment[name]).find(Boolean);
  if (proxy === undefined) return false;
  const exceptions = (environment['no_proxy'] ?? environment['NO_PROXY'] ?? '').split(/[\s,]+/).filter(Boolean);
  return !exceptions.some((entry) => isMeant(entry.toLowerCase(), hostname.toLowerCase()));
}

/** An entry stands for a host and for all below it; with or without a dot before it. */
function isMeant(entry: string, host: string): boolean {
  const name = entry.replace(/^\./, '').replace(/\.$/, '');
  return entry === '*' || host === name || host.endsWith(`.${name}`);
}
