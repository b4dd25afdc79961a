import { z } from 'zod';
import { oidcCallbackPaths } from '../../contracts/server-api/artifact-keeper/sso.ts';
import { issuerSchema } from './provider.ts';
import type { Provider } from './provider.ts';

/** Id of the provider of these settings, beside those of `kisenon.providers`. */
export const ssoId = 'sso';

const claimSchema = z.string().min(1, 'Must not be empty').max(200);

/** Scopes with commas between, as Artifact Keeper's documents have them, or spaces, as requests have (RFC 6749, section 3.3). */
const scopesSchema = z
  .string()
  .max(1000)
  .regex(/^[!#-[\]-~]+(?:[ ,]+[!#-[\]-~]+)*$/, 'Must be scopes such as openid,email,profile')
  .transform((text) => text.split(/[ ,]+/))
  .refine((scopes) => scopes.includes('openid'), 'Must have openid among its scopes');

const redirectUriSchema = z
  .url()
  .max(1000)
  .refine(
    (text) =>
      URL.canParse(text) && oidcCallbackPaths.some((path) => text === `${new URL(text).origin}${path}`),
    `Must be the origin of this server and ${oidcCallbackPaths.join(' or ')}`,
  );

/** What the config file says under `oidc`. One place may name the provider and another its secret. */
export const oidcSchema = z.strictObject({
  issuer: issuerSchema.optional(),
  client_id: z.string().min(1, 'Must not be empty').max(512).optional(),
  client_secret: z.string().min(1, 'Must not be empty').max(512).optional(),
  redirect_uri: redirectUriSchema.optional(),
  scopes: scopesSchema.optional(),
  username_claim: claimSchema.optional(),
  email_claim: claimSchema.optional(),
  name_claim: claimSchema.optional(),
  groups_claim: claimSchema.optional(),
});
type OidcInput = z.output<typeof oidcSchema>;

/**
 * What settings lack together that are well one by one: a sentence, or null.
 *
 * @param origin - Of this server, where it is set.
 */
export function oidcProblem(input: OidcInput, origin: string | undefined): string | null {
  for (const key of ['issuer', 'client_id', 'client_secret'] as const) {
    if (input[key] !== undefined) continue;
    return `Sign-in by OpenID Connect needs ${key}: set artifact-keeper.oidc.${key} (OIDC_${key.toUpperCase()}).`;
  }
  const { redirect_uri: address } = input;
  if (address !== undefined && origin !== undefined && new URL(address).origin !== origin) {
    return `artifact-keeper.oidc.redirect_uri (OIDC_REDIRECT_URI) leads to another server than the origin ${origin}.`;
  }
  return null;
}

/** The settings with what holds where nothing is said, after `oidcProblem` found nothing. */
export function oidcSettings(input: OidcInput): Provider {
  const { issuer = '', client_id: clientId = '', client_secret: clientSecret = '' } = input;
  return {
    ...{ id: ssoId, name: 'SSO', issuer, clientId, clientSecret },
    callback: input.redirect_uri ?? oidcCallbackPaths[0],
    scope: (input.scopes ?? ['openid', 'email', 'profile']).join(' '),
    claims: {
      username: input.username_claim ?? 'preferred_username',
      email: input.email_claim ?? 'email',
      name: input.name_claim ?? 'name',
      groups: input.groups_claim ?? null,
    },
    accounts: 'new',
  };
}
