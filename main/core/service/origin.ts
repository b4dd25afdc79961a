import { isLoopbackHost, readAuthority } from '../../../contracts/domain/origin.ts';
import type { ServerAddress } from '../../../contracts/domain/origin.ts';
import { KeyholdError } from '../../../contracts/errors.ts';

/** What `URL` would drop or take for a slash, so that another address is read than was typed. */
const unwanted = /[\p{Cc}\p{Z}\\]/u;
const schemePattern = /^([a-z][a-z0-9+.-]*):\/\//i;

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

  switch (scheme) {
    case undefined: {
      const { origin, hostname } = requireAuthority('https', authority);
      return isLoopbackHost(hostname) ? requireAuthority('http', authority).origin : origin;
    }
    case 'https':
      return requireAuthority('https', authority).origin;
    case 'http': {
      const { origin, hostname } = requireAuthority('http', authority);
      if (!isLoopbackHost(hostname)) throw new KeyholdError('insecure_origin');
      return origin;
    }
    default:
      throw new KeyholdError('invalid_address');
  }
}

/** Whether the app may ask an address: https, or http to this computer, with no user and no fragment in it. */
export function isSafeAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { origin, username, hash } = new URL(address);
  try {
    return parseOrigin(origin) === origin && username === '' && hash === '';
  } catch {
    return false;
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

function requireAuthority(scheme: 'http' | 'https', authority: string): ServerAddress {
  const address = readAuthority(scheme, authority);
  if (address === null) throw new KeyholdError('invalid_address');
  return address;
}
