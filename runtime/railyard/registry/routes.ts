/** What a path of the OCI distribution API asks for. Pure. */

/** One request, its repository named with the original registry host in front: `ghcr.io/acme/guestbook`. */
export type Route =
  | { readonly kind: 'ping' }
  | { readonly kind: 'tags'; readonly repository: string; readonly name: string }
  | { readonly kind: 'manifest'; readonly repository: string; readonly name: string; readonly reference: string }
  | { readonly kind: 'blob'; readonly repository: string; readonly name: string; readonly digest: string }
  | { readonly kind: 'upload'; readonly repository: string; readonly name: string; readonly id: string | undefined };

const COMPONENT = String.raw`[a-z\d]+(?:(?:\.|_|__|-+)[a-z\d]+)*`;
const NAME = String.raw`${COMPONENT}(?::\d+)?(?:/${COMPONENT})*`;
const HOST = /^[a-zA-Z\d](?:[a-zA-Z\d.-]*[a-zA-Z\d])?(?::\d{1,5})?$/;
const DIGEST = /^sha256:[a-f\d]{64}$/;
const REFERENCE = /^(?:sha256:[a-f\d]{64}|\w[\w.-]{0,127})$/;
const UPLOAD_ID = /^[a-f\d-]{36}$/;
const PATH = new RegExp(`^/v2/(${NAME})/(tags/list|manifests/([^/]+)|blobs/uploads/?([^/]*)|blobs/([^/]+))$`);

/**
 * Reads a URL. The original host comes from the query parameter `ns`, as container runtimes send it to a mirror; a name
 * that starts with the host itself means the same.
 *
 * @returns `undefined` for what is no request of the API, or names nothing that could exist
 */
export function routeOf(url: URL): Route | undefined {
  const path = decodeURIComponent(url.pathname);
  if (path === '/v2/' || path === '/v2') return { kind: 'ping' };
  const match = PATH.exec(path);
  const host = url.searchParams.get('ns');
  if (match === null || (host !== null && !HOST.test(host))) return undefined;
  const [, name = '', action = '', reference, upload, digest] = match;
  const place = { repository: host === null ? name : `${host.toLowerCase()}/${name}`, name };
  if (action === 'tags/list') return { kind: 'tags', ...place };
  if (reference !== undefined) return REFERENCE.test(reference) ? { kind: 'manifest', ...place, reference } : undefined;
  if (digest !== undefined) return DIGEST.test(digest) ? { kind: 'blob', ...place, digest } : undefined;
  return uploadOf(place, upload ?? '');
}

function uploadOf(place: { repository: string; name: string }, id: string): Route | undefined {
  if (id === '') return { kind: 'upload', ...place, id: undefined };
  return UPLOAD_ID.test(id) ? { kind: 'upload', ...place, id } : undefined;
}
