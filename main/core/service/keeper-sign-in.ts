import type { z } from 'zod';
import { isLoopbackHost } from '../../../contracts/domain/origin.ts';
import { pastedFields } from '../../../contracts/domain/pasted-token.ts';
import { printable } from '../../../contracts/domain/printable.ts';
import { isSafeAddress } from './origin.ts';
import { tkeeperAuthConfigAnswer } from './dialects/tkeeper.ts';

/** The provider that a keeper leaves sign-in to (OpenID Connect), as a client of it that keeps no secret. */
export interface KeeperProvider {
  host: string;
  clientId: string;
  /** What its tokens have to be for. */
  audience: string;
  /** Its description (OpenID Connect Discovery 1.0, section 4): https, or this computer's where the keeper is. */
  discoveryUrl: string;
}

/** How a keeper lets people in. */
export interface KeeperSignIn {
  /** Ways to sign in, by the names that the app has for them; none where this version knows no way. */
  methods: string[];
  provider: KeeperProvider | null;
}

/**
 * What follows from what a keeper says; a header of another name is for later versions.
 *
 * @param origin - The keeper's.
 */
export function keeperSignInOf(
  config: z.output<typeof tkeeperAuthConfigAnswer>,
  origin: string,
): KeeperSignIn {
  const header = config.header.toUpperCase();
  if (config.id === 'TOKEN') {
    const method = { [pastedFields.jwt]: 'token', [pastedFields['dev-token']]: 'dev-token' }[header];
    return { methods: method === undefined ? [] : [method], provider: null };
  }
  if (header !== pastedFields.jwt) return { methods: [], provider: null };
  const provider = providerOf(config, origin);
  return { methods: provider === null ? ['token'] : ['oidc', 'token'], provider };
}

/** Null where the description lies at an address that nobody may be sent to, and for an audience that cannot be shown. */
function providerOf(
  { clientId, audience, discoveryUrl }: Extract<z.output<typeof tkeeperAuthConfigAnswer>, { id: 'OIDC' }>,
  keeper: string,
): KeeperProvider | null {
  if (!URL.canParse(discoveryUrl)) return null;
  const { host, href } = new URL(discoveryUrl);
  return isShown(audience) && isSafeAddress(discoveryUrl) && mayLeadTo(keeper, discoveryUrl)
    ? { host, clientId, audience, discoveryUrl: href }
    : null;
}

/** Whether one address may name another to the app: nobody elsewhere has it ask what listens on this computer. */
export function mayLeadTo(from: string, to: string): boolean {
  return !isLoopbackHost(new URL(to).hostname) || isLoopbackHost(new URL(from).hostname);
}

/** A person is to know two audiences apart. */
function isShown(audience: string): boolean {
  return printable(audience) === audience && audience.trim() === audience;
}
