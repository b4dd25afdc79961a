/**
 * Where a repository's name is in a path. Parts of a name may be words of the API too (`acme/tags/list`), so the path is
 * read from its end: what comes before the shortest end that a route has is the name.
 */
const registryRepository =
  /^\/v2\/(.*)(\/(?:(?:(?:blobs\/uploads|blobs|manifests|referrers)\/[^/]*)|tags\/list))$/;
const apiRepository = /^\/v1\/repos\/(.*)(\/authorizations(?:\/[^/]*)?)$/;

/** The path of a request target, also of one in absolute form (RFC 9112, section 3.2.2), and its query. */
const target = /^(?:https?:\/\/[^/?#]*)?([^?#]*)(.*)$/is;

/**
 * Brings a request's target into the form that the router takes: a repository's full name as one part of the path, with
 * `%2F` for its slashes. A `%2F` that the client sent is not a slash. Only under `/v1/repos/` it is, because clients made
 * from our OpenAPI document write the slashes of a parameter so.
 */
export function foldAddress(url: string): string {
  const [, sent = '', query = ''] = target.exec(url) ?? [];
  // A keeper's own addresses are no repository's.
  if (isKeeperAddress(sent)) return sent + query;
  // The router also decodes `%6danifests`; this address is not folded, so its `%2F` must not become a slash there.
  const path = sent.startsWith('/v1/repos/') ? sent : sent.replaceAll(/%2f/gi, '%252F');
  const [, name, end = ''] = registryRepository.exec(path) ?? apiRepository.exec(path) ?? [];
  if (name === undefined) return (path || '/') + query;
  const root = path.slice(0, path.length - name.length - end.length);
  return `${root}${name.replaceAll('/', '%2F')}${end}${query}`;
}

/** What comes behind `/v2/` in a request's target; null for an address that is not the registry's. */
export function pathInRegistry(url: string): string | null {
  const [, path = ''] = target.exec(url) ?? [];
  const match = /^\/v2(?:\/(.*))?$/s.exec(path);
  return match === null ? null : (match[1] ?? '');
}

/**
 * Whether an address is a keeper's, so that even what the router does not take is refused in its form. An organization may
 * be called `keeper`: what is in one of its repositories is the registry's.
 */
export function isKeeperAddress(url: string): boolean {
  const [, path = ''] = target.exec(url) ?? [];
  return /^\/v[12]\/keeper(?:\/|$)/i.test(path) && !registryRepository.test(path);
}

/** Whether an address is the registry's, so that even what the router does not take is refused in its form. */
export function isRegistryAddress(url: string): boolean {
  return pathInRegistry(url) !== null;
}
