import { z } from 'zod';
import { pastedFields } from '../../domain/pasted-token.ts';

/** Addresses of a keeper begin with one of these. */
export const keeperPrefix = '/v1/keeper';
export const keeperPrefixV2 = '/v2/keeper';

export const pingPath = `${keeperPrefix}/ping`;
export const authConfigPath = `${keeperPrefix}/control/auth/config`;

/** Where a token goes, by the kind of sign-in. */
export const { jwt: jwtHeader, 'dev-token': devHeader } = pastedFields;

/** `GET /ping`: whether the keeper is unsealed. */
export const pingSchema = z.object({ ready: z.boolean() });

/** `GET /control/auth/config`: how a program comes to a token, and the header that it sends it in. */
export const authConfigSchema = z.discriminatedUnion('id', [
  z.object({ id: z.literal('TOKEN'), header: z.string() }),
  z.object({
    id: z.literal('OIDC'),
    header: z.string(),
    clientId: z.string(),
    audience: z.string(),
    discoveryUrl: z.string(),
    callbackUrl: z.string(),
  }),
]);
export type AuthConfig = z.infer<typeof authConfigSchema>;

/** `GET /control/me`: who a token is, and its rules as they were sent. */
export const controlMeSchema = z.object({
  subject: z.string(),
  actor: z.string(),
  permissions: z.array(z.string()),
});
