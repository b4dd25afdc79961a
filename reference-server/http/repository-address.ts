/**
 * Where a repository's name is in a path. Its parts may be any words, those of the API too, so the path is read from its
 * end: the shortest end that is a route's makes the longest name. The last part but one tells the routes apart.
 */
const registryRepository =
  /^\/v2\/(.*)(\/(?:(?:(?:blobs\/uploads|blobs|manifests|referrers)\/[^/]*)|tags\/list))$/;
const apiRepository = /^\/v1\/repos\/(.*)(\/authorizations(?:\/[^/]*)?)$/;

/** The path of a request target, also of one in absolute form (RFC 9112, section 3.2.2), and its query. */
const target = /^(?:https?:\/\/[^/?#]*)?([^?#]*)(.*)$/is;

/**
 * Brings a request's target into the form that the router takes: a repository's full name as one part of the path, with
 * `%2F` for its slashes. What a client sends as `%2F` itself is no slash, wherever it stands, and so no part of a name:
 * but under `/v1/repos/`, where clients made from our OpenAPI document write a parameter's slashes so.
 */
export function foldAddress(url: string): string {
  const [, sent = '', query = ''] = target.exec(url) ?? [];
  // The router decodes words of the path too, `%6danifests`: such an address is not folded and must name nothing either.
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

/** Whether an address is the registry's, so that even what the router does not take is refused in its form. */
export function isRegistryAddress(url: string): boolean {
  return pathInRegistry(url) !== null;
}
