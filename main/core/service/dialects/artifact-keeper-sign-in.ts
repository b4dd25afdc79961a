import { z } from 'zod';
import { maxTokenBytes } from '../../../../contracts/server-api/index.ts';
import { lifeSchema } from '../life.ts';
import { readAnswer } from '../read-answer.ts';

/** How long a session goes on where its refresh token does not say: what Artifact Keeper's documents name, seconds. */
const usualSessionLife = 604_800;

/** A token as a request carries it. */
const tokenSchema = z
  .string()
  .max(maxTokenBytes)
  .regex(/^[\x21-\x7e]+$/);

/** A pair of tokens, among other things. */
export const pairFields = z.object({
  access_token: tokenSchema,
  refresh_token: tokenSchema,
  expires_in: lifeSchema,
});

/** What a refresh token says of itself, where it is a JWT. Nobody relies on it: its service decides. */
const claimsSchema = z.object({
  sub: z.string().optional(),
  iat: z.number(),
  exp: z.number(),
});

/** What a pair of tokens is to the app. */
export function pairOf({
  access_token: access,
  refresh_token: token,
  expires_in: expiresIn,
}: z.output<typeof pairFields>) {
  const [, body = ''] = token.split('.');
  const claims = readAnswer(Buffer.from(body, 'base64url').toString(), claimsSchema);
  const life = claims === null ? null : (lifeSchema.safeParse(claims.exp - claims.iat).data ?? null);
  return {
    ...{ token, access, expiresIn, sessionExpiresIn: life ?? usualSessionLife },
    userId: claims?.sub ?? null,
    org: null,
  };
}

/** Answer of `POST /api/v1/auth/refresh`. */
export const tokenPairAnswer = pairFields.transform(pairOf);
export type TokenPair = z.output<typeof tokenPairAnswer>;

/**
 * Answer of `POST /api/v1/auth/login`. Where a second factor is wanted its tokens are empty, so that is looked for
 * first.
 */
export const loginAnswer = z.union([
  z.object({ totp_required: z.literal(true) }).transform(() => ({ kind: 'second_factor' as const })),
  z
    .object({ totp_enrollment_required: z.literal(true) })
    .transform(() => ({ kind: 'second_factor' as const })),
  pairFields.extend({ must_change_password: z.boolean().optional() }).transform((answer) => ({
    kind: answer.must_change_password === true ? ('password_change' as const) : ('tokens' as const),
    pair: pairOf(answer),
  })),
]);
