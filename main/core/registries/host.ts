import { isLoopbackHost, readAuthority } from '../../../contracts/domain/origin.ts';

/**
 * What the Doctor asks the helper for: a host that no context can have (RFC 6761, section 6.4). Nobody is asked, and no
 * token is made.
 */
export const probeHost = 'doctor.keyhold.invalid';

/**
 * Brings the server key that a registry client hands to a credential helper into the form in which contexts
 * and auth files name a registry: `host[:port]` as `readAuthority` spells it, without scheme, path and surrounding
 * white space. Podman and Skopeo send `host[:port]`; Docker sends `https://index.docker.io/v1/`; other tools send
 * `https://host/`.
 *
 * A port is dropped only when the key's own scheme makes it the default one.
 *
 * @param serverKey - what the client sent, as it came
 * @returns the host, or null when the text names none
 */
export function normaliseHost(serverKey: string): string | null {
  const key = serverKey.trim();
  const [start = '', scheme] = /^(https?):\/\//i.exec(key) ?? [];
  const authority = key.slice(start.length).split(/[/?#]/, 1)[0] ?? '';
  const secure = readAuthority('https', authority)?.host ?? null;
  const plain = readAuthority('http', authority)?.host ?? null;
  if (secure === null || plain === null) return null;
  // Each leaves out its own default port; the longer of the two has the port that was named.
  const whole = secure.length > plain.length ? secure : plain;
  if (scheme === undefined) return whole;
  return scheme.toLowerCase() === 'https' ? secure : plain;
}

/**
 * The host as contexts have it, for what a client asks. Clients keep `registry.example:443` in their files apart from
 * `registry.example`; both are one service, for one that is not on this computer has TLS.
 *
 * @param serverKey - what the client sent, as it came
 * @returns the host, or null when the text names none
 */
export function contextHost(serverKey: string): string | null {
  const host = normaliseHost(serverKey);
  const secure = host === null ? null : readAuthority('https', host);
  return secure === null || isLoopbackHost(secure.hostname) ? host : secure.host;
}
