import { z } from 'zod';
import { browserAccessSchema } from '../../domain/browser-access.ts';
import { tokenPairSchema } from '../artifact-keeper/session.ts';
import { lineSchema, orgRoleSchema, orgSlugSchema } from '../primitives.ts';
import { userSchema } from '../sign-in.ts';

/** The page where a person lets a program sign in (RFC 8252). */
export const authorizePath = '/cli/authorize';
/** `POST /v1/cli/exchange`. */
export const cliExchangePath = '/v1/cli/exchange';

/** Life of a code, seconds; it works once. */
export const loginCodeSeconds = 60;

/** `code_challenge` by S256 (RFC 7636, section 4.2) and `code_verifier` (section 4.1). */
export const codeChallengeSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'Must be a SHA-256 in base64url');
export const codeVerifierSchema = z
  .string()
  .regex(/^[A-Za-z0-9._~-]{43,128}$/, 'Must be 43 to 128 unreserved characters');

/**
 * Where a code may be sent: the loopback addresses with a port, and no names (RFC 8252, sections 7.3 and 8.3). `localhost`
 * could be another computer.
 */
export const redirectUriSchema = z
  .string()
  .max(300)
  .regex(
    /^http:\/\/(?:127\.0\.0\.1|\[::1\]):[1-9]\d{0,4}\/[A-Za-z0-9_-]*(?:\/[A-Za-z0-9_-]+)*$/,
    'Must be http://127.0.0.1:PORT/… or http://[::1]:PORT/…',
  )
  .refine((text) => Number(/:(\d+)\//.exec(text)?.[1]) <= 65_535, 'Must have a port up to 65535');

/** What a program or computer calls itself; nobody has checked it. */
const claimedNameSchema = lineSchema(1, 64);

/**
 * Query of `GET /cli/authorize`. Without `redirect_uri` the page shows the code, for a browser on another computer.
 * `state` comes back as it was sent.
 */
export const authorizeQuerySchema = z.strictObject({
  redirect_uri: redirectUriSchema.optional(),
  state: z.string().regex(/^[\x21-\x7e]{16,512}$/, 'Must be 16 to 512 printable characters'),
  code_challenge: codeChallengeSchema,
  code_challenge_method: z.literal('S256', 'Must be S256'),
  client_name: claimedNameSchema,
  device: claimedNameSchema.optional(),
  access: browserAccessSchema.default('api-key'),
  org: orgSlugSchema.optional(),
});

/** Body of `POST /v1/cli/exchange`; `redirect_uri` as in the query that the code came of. */
export const cliExchangeRequestSchema = z.strictObject({
  code: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'Must be a code of 43 characters'),
  code_verifier: codeVerifierSchema,
  redirect_uri: redirectUriSchema.optional(),
});

const who = { user: userSchema, org: orgSlugSchema, role: orgRoleSchema };

/** Answer: the key, the session or the tokens. A second try with the same code ends what the first one got: 400 `invalid_grant`. */
export const cliExchangeAnswerSchema = z.union([
  z.object({ api_key: z.string(), id: z.string(), name: z.string(), ...who }),
  z.object({
    token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int().positive(),
    session_expires_in: z.int().positive(),
    ...who,
  }),
  tokenPairSchema.extend(who),
]);
export type CliExchangeAnswer = z.infer<typeof cliExchangeAnswerSchema>;
