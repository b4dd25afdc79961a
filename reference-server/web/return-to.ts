import type { FastifyRequest } from 'fastify';
import type { ServerContext } from '../context.ts';
import { keysPagePath } from './keys-view.ts';

/**
 * Where to go after a sign-in: a path of this server, as a browser would read it (WHATWG URL). Everything else, an address
 * that leads to another site in some spelling above all, is null.
 *
 * @param origin - The server's own, such as `http://127.0.0.1:8970`.
 * @returns Path and query, from `/` on.
 */
export function returnPath(origin: string, address: unknown): string | null {
  // Browsers take `\` for `/` and leave out tabs and line ends: `/\evil.example` is elsewhere.
  if (typeof address !== 'string' || address.length > 4_000) return null;
  if (!/^\/(?![/\\])[!-~]*$/.test(address) || !URL.canParse(address, origin)) return null;
  const url = new URL(address, origin);
  if (url.origin !== origin || url.pathname.startsWith('//')) return null;
  return url.pathname + url.search;
}

/** The address of the sign-in that leads back to a page. */
export function signInPath(origin: string, page: string | undefined): string {
  const path = returnPath(origin, page);
  if (path === null || new URL(path, origin).pathname === keysPagePath) return '/login';
  return `/login?${new URLSearchParams({ return_to: path }).toString()}`;
}

/** The address of a page that somebody is led to first; it remembers what was asked for. */
export function pathBack(context: ServerContext, page: string, { method, url }: FastifyRequest): string {
  const path = method === 'POST' ? null : returnPath(context.origin(), url);
  return path === null ? page : `${page}?${new URLSearchParams({ return_to: path }).toString()}`;
}

/** The page that a form was sent from, as the browser says; the page that a sign-in leads to where it does not. */
export function pageOfForm(context: ServerContext, { headers: { referer = '' } }: FastifyRequest): string {
  const origin = context.origin();
  if (!URL.canParse(referer)) return keysPagePath;
  const from = new URL(referer);
  return (from.origin === origin ? returnPath(origin, from.pathname + from.search) : null) ?? keysPagePath;
}
