import { z } from 'zod';
import type { ServerDialect } from './dialects.ts';
import { isLoopbackHost } from '../../contracts/domain/origin.ts';

/** The address of a provider: compared exactly with what its tokens say. */
export const issuerSchema = z
  .url()
  .refine(
    (text) => URL.canParse(text) && (text.startsWith('https:') || isLoopbackHost(new URL(text).hostname)),
    'Must be https, or http on this computer',
  );

/** This server as a client of an OpenID Connect provider. */
export interface ProviderClient {
  /** Names the provider in addresses and requests. */
  id: string;
  /** What people see. */
  name: string;
  /** Compared exactly with what its tokens say. */
  issuer: string;
  clientId: string;
  /** Null for a client that has none. */
  clientSecret: string | null;
  /** Where it sends browsers back to: a path of this server, or the whole address. */
  callback: string;
  /** What is asked for, with spaces between. */
  scope: string;
}

/** An OpenID Connect provider that people sign in with. */
export interface Provider extends ProviderClient {
  clientSecret: string;
  claims: ClaimNames;
  /**
   * Whose account a new person gets: the one of their verified e-mail address, or always a new one, of the user name that
   * the provider says.
   */
  accounts: 'of-email' | 'new';
}

/** Which claims say who somebody is (OpenID Connect Core, section 5.1); null for what is not looked at. */
export interface ClaimNames {
  email: string;
  name: string;
  username: string | null;
  groups: string | null;
}

/** All providers that people sign in with: those of the APIs that are on. */
export function allProviders({
  dialects,
  kisenon,
  artifactKeeper: { oidc },
}: {
  dialects: readonly ServerDialect[];
  kisenon: { providers: readonly Provider[] };
  artifactKeeper: { oidc: Provider | null };
}): readonly Provider[] {
  return [
    ...(dialects.includes('kisenon') ? kisenon.providers : []),
    ...(oidc !== null && dialects.includes('artifact-keeper') ? [oidc] : []),
  ];
}
