import { isLoopbackHost, readAuthority, serializeOrigin } from './origin.ts';

/** The scheme of links that open in the app. */
export const appLinkScheme = 'keyhold';

/** What a link asks to have shown: an invitation of a service. Nothing is done by opening it. */
export interface AppLink {
  kind: 'join';
  /** Serialized origin of the service. */
  origin: string;
  /** The secret part of the invitation's own link. */
  token: string;
}

/** `keyhold://join?origin=…&token=…`; browsers may put a slash before the query. */
const joinPattern = /^keyhold:\/\/join\/?\?origin=([A-Za-z0-9%._~:[\]/-]{1,400})&token=([A-Za-z0-9_-]{43})$/;

/** The link that opens an invitation in the app. */
export function joinLink({ origin, token }: Pick<AppLink, 'origin' | 'token'>): string {
  return `${appLinkScheme}://join?origin=${encodeURIComponent(origin)}&token=${token}`;
}

/**
 * Reads a link. It comes from anybody: only the one form that `joinLink` writes counts, with the origin in its one
 * spelling, https or this computer's own.
 *
 * @returns Null for every other text.
 */
export function readAppLink(text: string): AppLink | null {
  const [, encoded, token] = joinPattern.exec(text) ?? [];
  if (encoded === undefined || token === undefined) return null;
  const origin = decoded(encoded);
  if (origin === null || serializeOrigin(origin) !== origin || !isSafe(origin)) return null;
  return { kind: 'join', origin, token };
}

/** `https://service.example/invitations/…`: the link in the mail. */
const pagePattern = /^(https?:\/\/[^/]{1,300})\/invitations\/([A-Za-z0-9_-]{43})$/;

/**
 * Reads the link of an invitation as a person pastes it: the mail's, or the one that opens in the app. Spaces around it
 * do not count.
 *
 * @returns Null for every other text.
 */
export function readInvitationLink(text: string): AppLink | null {
  const link = text.trim();
  const [, origin = '', token = ''] = pagePattern.exec(link) ?? [];
  return readAppLink(origin === '' ? link : joinLink({ origin, token }));
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function isSafe(origin: string): boolean {
  if (origin.startsWith('https://')) return true;
  const hostname = readAuthority('http', origin.slice('http://'.length))?.hostname;
  return hostname !== undefined && isLoopbackHost(hostname);
}
