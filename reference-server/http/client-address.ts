import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, SocketAddress } from 'node:net';

/** Proxies in front of the server whose `X-Forwarded-For` counts. */
export type TrustedProxies = BlockList;

/**
 * Reads a list of addresses and networks such as `10.0.0.7` and `fd00::/8`.
 *
 * @returns The list, or null when an entry is neither. A network of everything is none: then anybody could name any
 *   address.
 */
export function parseTrustedProxies(entries: readonly string[]): TrustedProxies | null {
  const list = new BlockList();
  for (const entry of entries) {
    const [, text = '', prefix] = /^([^/]+)(?:\/([1-9]\d{0,2}))?$/.exec(entry) ?? [];
    const address = canonical(text);
    if (address === null) return null;
    const bits = isIP(address) === 6 ? 128 : 32;
    const length = prefix === undefined ? bits : Number(prefix);
    if (length > bits) return null;
    list.addSubnet(address, length, familyOf(address));
  }
  return list;
}

/**
 * The address that a request comes from. The connection's own counts, unless that is a trusted proxy: then the
 * rightmost entry of `X-Forwarded-For` that is no trusted proxy, for only what trusted ones wrote is true. Where an
 * entry is malformed, the proxy that passed it on counts. IPv4 inside IPv6 is written as IPv4.
 */
export function clientAddress(trusted: TrustedProxies, request: IncomingMessage): string {
  const peer = request.socket.remoteAddress ?? '';
  let address = canonical(peer) ?? peer;
  const header = [request.headers['x-forwarded-for'] ?? []].flat().join(',');
  const hops = header === '' ? [] : header.split(',').reverse();
  for (const hop of hops) {
    if (!isTrustedProxy(trusted, address)) return address;
    const next = canonical(withoutPort(hop.trim()));
    if (next === null) return address;
    address = next;
  }
  return address;
}

/**
 * Whom failures of an address are counted for: an IPv4 address alone, of an IPv6 address the first 64 bits, of which
 * one subscriber has all others.
 */
export function networkOf(text: string): string {
  const address = canonical(text) ?? text;
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  return `${[...left, ...Array<string>(zeros).fill('0'), ...right].slice(0, 4).join(':')}::/64`;
}

/** Whether an address is a trusted proxy's. */
export function isTrustedProxy(trusted: TrustedProxies, text: string): boolean {
  const address = canonical(text);
  return address !== null && trusted.check(address, familyOf(address));
}

/** The one spelling of an address, or null when it is none. */
function canonical(text: string): string | null {
  const [bare = ''] = text.split('%');
  if (isIP(bare) === 0) return null;
  const { address } = new SocketAddress({ address: bare, family: familyOf(bare) });
  const inside = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return inside ?? address;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** Some proxies name the port as well: `192.0.2.1:4711`, `[2001:db8::1]:4711`, `[2001:db8::1]`. */
function withoutPort(text: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
}
