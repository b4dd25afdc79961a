import { z } from 'zod';
import { isLoopbackHost, serializeOrigin } from '../../contracts/domain/origin.ts';

/** "Any address" (RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.2), which is listened on and never connected to. */
const anyAddress = /^(?:0\.0\.0\.0|\[::(?:ffff:0:0)?\])$/;

/**
 * Why no app would find the server by an origin, as what it must be; null where apps do.
 *
 * @param origin - Serialized.
 */
export function originProblem(origin: string): string | null {
  const { protocol, hostname } = new URL(origin);
  if (anyAddress.test(hostname)) return 'Must name a host: 0.0.0.0 and :: are only listened on';
  if (hostname.endsWith('.')) return 'Must be without the dot at the end of its host';
  if (protocol === 'https:' || isLoopbackHost(hostname)) return null;
  return 'Must be https: apps take plain http from this computer alone';
}

/** An origin in its one spelling. One that no app would find the server by is refused. */
export const givenOriginSchema = z.string().transform((text, context) => {
  const origin = serializeOrigin(text);
  const problem =
    origin === null ? 'Must be an origin such as https://keyhold.example' : originProblem(origin);
  if (problem === null) return origin ?? z.NEVER;
  context.addIssue(problem);
  return z.NEVER;
});

/** Whether nobody but this computer reaches a server: neither where it listens, nor by the origin that it has for others. */
export function isOnlyHere({ host, origin }: { host: string; origin: string | undefined }): boolean {
  const hostnames = [authorityOf(host), ...(origin === undefined ? [] : [new URL(origin).hostname])];
  return hostnames.every((hostname) => isLoopbackHost(hostname));
}

/**
 * The origin of a server that nothing is in front of.
 *
 * @param listening - The host without brackets; without a port it is the scheme's own.
 */
export function listeningOrigin(listening: { host: string; port?: number; secure: boolean }): string {
  const { host, port, secure } = listening;
  const authority = authorityOf(host) + (port === undefined ? '' : `:${String(port)}`);
  return new URL(`${secure ? 'https' : 'http'}://${authority}`).origin;
}

/** A host as it stands before a port: IPv6 in brackets. */
export function authorityOf(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
