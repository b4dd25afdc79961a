import { z } from 'zod';
import { clientForms } from '../domain/client-line.ts';
import { contextIdSchema } from '../domain/context.ts';
import { limits } from '../domain/limits.ts';
import { inspectionSchema } from '../domain/inspection.ts';
import { keyValiditySchema } from '../domain/key.ts';
import { byContext } from './by-context.ts';
import { call } from './define.ts';
import { serviceErrors } from './service-errors.ts';

/** A minted token as the window sees it: claims and an id by which it can be copied or shown once. */
const mintedTokenSchema = z.strictObject({
  tokenId: z.uuid(),
  contextId: contextIdSchema,
  subject: z.string(),
  audience: z.string(),
  kid: z.string(),
  algorithm: z.string(),
  jti: z.string(),
  issuedAt: z.string(),
  expiresAt: z.string(),
  /** Only while its key is `live` can it be copied or shown. */
  key: keyValiditySchema,
});
export type MintedToken = z.infer<typeof mintedTokenSchema>;

const byToken = z.strictObject({ tokenId: z.uuid() });

/** The tokens of a key that were made since Keyhold started and have not expired. */
const liveTokensSchema = z.strictObject({
  contextId: contextIdSchema,
  kid: z.string(),
  count: z.number().int().positive(),
  /** When the last of them expires. */
  until: z.string(),
});
export type LiveTokens = z.infer<typeof liveTokensSchema>;

export const tokensCalls = {
  /** `ttl`: hours, minutes and seconds as in `24h`, `90m`, `1h30m`. */
  mint: call({
    request: z.strictObject({ contextId: contextIdSchema, ttl: z.string().max(limits.ttlTextMax) }),
    response: mintedTokenSchema,
    errors: ['context_not_found', 'key_not_registered', 'key_expired', 'signs_in_otherwise', 'invalid_ttl'],
  }),
  copy: call({
    request: byToken.extend({ form: z.enum(clientForms) }),
    response: z.strictObject({ clearsAt: z.string() }),
    errors: ['token_gone'],
  }),
  /** Copies what signs a context in that mints no tokens, in a form: its API key, a token of its session, its token. */
  copyCredential: call({
    request: byContext.extend({ form: z.enum(clientForms) }),
    response: z.strictObject({ clearsAt: z.string() }),
    errors: [...serviceErrors, 'signs_in_otherwise'],
  }),
  /** Gives the token itself, once: a second call answers `token_gone`. */
  reveal: call({
    request: byToken,
    response: z.strictObject({ token: z.string() }),
    errors: ['token_gone'],
  }),
  /** The minted tokens that have not expired, newest first, of all contexts. */
  list: call({ request: z.undefined(), response: z.array(mintedTokenSchema) }),
  /** The live tokens of all keys, as far as Keyhold knows of them: those for programs too. */
  live: call({ request: z.undefined(), response: z.array(liveTokensSchema) }),
  /** Drops a minted token from memory. It stays valid for whoever has a copy. */
  forget: call({ request: byToken, response: z.undefined() }),
  /** Takes any token apart and checks it against the keys of all contexts. The text is not kept. */
  inspect: call({
    request: z.strictObject({ token: z.string().max(limits.inspectMax) }),
    response: inspectionSchema,
  }),
};
