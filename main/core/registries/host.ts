/** A name or IPv4 address, or an IPv6 address in brackets, and perhaps a port; in lower case. */
const hostPattern = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/;

const maxHostLength = 255;

/**
 * What the Doctor asks the helper for: a host that no context can have (RFC 6761, section 6.4). Nobody is asked, and no
 * token is made.
 */
export const probeHost = 'doctor.keyhold.invalid';

/**
 * Brings the server key that a registry client hands to a credential helper into the form in which contexts
 * and auth files name a registry: `host[:port]`, lower case, without scheme, path and surrounding white space.
 * Podman and Skopeo send `host[:port]`; Docker sends `https://index.docker.io/v1/`; other tools send `https://host/`.
 *
 * A port is dropped only when the key's own scheme makes it the default one.
 *
 * @param serverKey - what the client sent, as it came
 * @returns the host, or null when the text names none
 */
export function normaliseHost(serverKey: string): string | null {
  const key = serverKey.trim().toLowerCase();
  const scheme = /^(https?):\/\//.exec(key);
  const rest = scheme ? key.slice(scheme[0].length) : key;
  const authority = rest.split(/[/?#]/, 1)[0] ?? '';
  const match = hostPattern.exec(authority);
  if (!match || authority.length > maxHostLength) return null;
  const port = match[1];
  if (port === undefined) return authority;
  const isPort = Number(port) >= 1 && Number(port) <= 65_535;
  if (!isPort) return null;
  const isDefault = (scheme?.[1] === 'https' && port === '443') || (scheme?.[1] === 'http' && port === '80');
  return isDefault ? authority.slice(0, -port.length - 1) : authority;
}
