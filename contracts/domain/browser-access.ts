import { z } from 'zod';

/**
 * What a service can let a program have by browser, the longest first: a key that lasts until it is revoked, a session that
 * goes on as long as its refresh token renews it, or one of 12 hours.
 */
export const browserAccessSchema = z.enum(['api-key', 'token-pair', 'session']);
export type BrowserAccess = z.infer<typeof browserAccessSchema>;

/**
 * What a sign-in by browser is to get: `oidc` is a token of the provider that the service names (OpenID Connect), where the
 * person signs in.
 */
export const browserWaySchema = z.enum([...browserAccessSchema.options, 'oidc']);
export type BrowserWay = z.infer<typeof browserWaySchema>;

/**
 * What of that a service has: keys and sessions of 12 hours are of Kisenon's API, sessions that renew themselves of
 * Artifact Keeper's.
 */
export function browserAccessOf(speaks: { kisenon: boolean; artifactKeeper: boolean }): BrowserAccess[] {
  return browserAccessSchema.options.filter((access) =>
    access === 'token-pair' ? speaks.artifactKeeper : speaks.kisenon,
  );
}
