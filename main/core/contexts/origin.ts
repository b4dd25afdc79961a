import { KeyholdError } from '../../../contracts/errors.ts';

/** Control characters, white space and the backslash, which `URL` would drop or take for a slash. */
const unwanted = /[\p{Cc}\p{Z}\\]/u;
const schemePattern = /^([a-z][a-z0-9+.-]*):\/\//i;
/** A name or IPv4 address, or an IPv6 address in brackets: nothing that needs quoting in a shell or a file. */
const hostPattern = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])$/;
/** Of a name in DNS with a dot at its end (RFC 1035, section 2.3.4). */
const longestName = 254;
const ipv4LoopbackPattern = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;

/**
 * Whether a host is this computer: `localhost`, 127.0.0.0/8 (RFC 1122, section 3.2.1.3) or `::1` (RFC 4291,
 * section 2.5.3).
 *
 * @param hostname - As `URL.hostname` gives it: lower case, IPv6 in brackets.
 */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || ipv4LoopbackPattern.test(hostname);
}

/**
 * The origin of the service that a person means by `kheeper.example`, `kheeper.example:8443` or a whole address,
 * whose path and query are left out. Without a scheme it is `https`, on this computer `http`.
 *
 * @returns The serialized origin (RFC 6454, section 6.2), international names in their ASCII form.
 * @throws KeyholdError `invalid_address`; `insecure_origin` for plain HTTP to another computer.
 */
export function parseOrigin(address: string): string {
  const typed = address.trim();
  if (unwanted.test(typed)) throw new KeyholdError('invalid_address');
  const scheme = schemePattern.exec(typed)?.[1]?.toLowerCase();
  const authority = /^[^/?#]*/.exec(scheme === undefined ? typed : typed.slice(scheme.length + 3))?.[0] ?? '';
  if (authority === '' || authority.includes('@')) throw new KeyholdError('invalid_address');

  switch (scheme) {
    case undefined: {
      const url = parseAuthority('https', authority);
      return isLoopbackHost(url.hostname) ? parseAuthority('http', authority).origin : url.origin;
    }
    case 'https':
      return parseAuthority('https', authority).origin;
    case 'http': {
      const url = parseAuthority('http', authority);
      if (!isLoopbackHost(url.hostname)) throw new KeyholdError('insecure_origin');
      return url.origin;
    }
    default:
      throw new KeyholdError('invalid_address');
  }
}

/**
 * Whether a registry's host is that of an origin.
 *
 * @param origin - As `parseOrigin` gives it, which is its scheme and its host.
 */
export function isHostOf(origin: string, host: string): boolean {
  return origin === `https://${host}` || origin === `http://${host}`;
}

function parseAuthority(scheme: 'http' | 'https', authority: string): URL {
  const text = `${scheme}://${authority}`;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (
    url === null ||
    url.hostname.length > longestName ||
    !hostPattern.test(url.hostname) ||
    url.port === '0'
  ) {
    throw new KeyholdError('invalid_address');
  }
  return url;
}
