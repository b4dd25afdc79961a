/** The WHATWG URL parser, which every runtime of ours has, as far as it is used here. */
declare const URL: {
  new (text: string): { origin: string; host: string; hostname: string; port: string };
  canParse(text: string): boolean;
};

/**
 * Control characters, white space, the backslash and what ends an authority: the parser would drop or reinterpret them.
 */
const unwanted = /[\p{Cc}\p{Z}\\/?#@]/u;
/** A name or IPv4 address, or an IPv6 address in brackets: nothing that needs quoting in a shell or a file. */
const hostPattern = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])$/;
/** Of a name in DNS with a dot at its end (RFC 1035, section 2.3.4). */
const longestName = 254;

/** Where a server is, in the one spelling of it. */
export interface ServerAddress {
  /** Serialized: scheme, host and a port that is not the scheme's own (RFC 6454, section 6.2). */
  origin: string;
  /** `host[:port]`, which is the origin without its scheme. */
  host: string;
  /** Without a port; IPv6 in brackets. */
  hostname: string;
}

/**
 * The one reading of `host` or `host:port` in this project: lower case, international names in their ASCII form, IPv4
 * and IPv6 addresses in their short form, the scheme's own port left out, as the URL standard serializes them.
 *
 * @returns Null for what is no host, or has more than host and port.
 */
export function readAuthority(scheme: 'http' | 'https', authority: string): ServerAddress | null {
  const text = `${scheme}://${authority}`;
  if (unwanted.test(authority) || authority.endsWith(':') || !URL.canParse(text)) return null;
  const { origin, host, hostname, port } = new URL(text);
  if (hostname.length > longestName || !hostPattern.test(hostname) || port === '0') return null;
  return { origin, host, hostname };
}

/**
 * The serialized form of an origin in whatever spelling: upper case, the scheme's own port, an international name, a
 * slash at the end.
 *
 * @returns Null for what is no http or https origin, or is more than one: with a path, a user, a query.
 */
export function serializeOrigin(text: string): string | null {
  const [, scheme = '', authority = ''] = /^(https?):\/\/([^/]*)\/?$/i.exec(text) ?? [];
  return readAuthority(scheme.toLowerCase() === 'http' ? 'http' : 'https', authority)?.origin ?? null;
}

/**
 * Whether a host is this computer: `localhost`, 127.0.0.0/8 (RFC 1122, section 3.2.1.3) or `::1` (RFC 4291,
 * section 2.5.3). Not so what only may be: names under `localhost`, which the system's resolver may ask the network
 * for, and IPv4 addresses within IPv6, which are nobody's spelling.
 *
 * @param hostname - As `readAuthority` gives it.
 */
export function isLoopbackHost(hostname: string): boolean {
  return (
    hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
  );
}
