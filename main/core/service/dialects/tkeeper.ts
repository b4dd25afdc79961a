import { z } from 'zod';
import type { Capability } from '../../../../contracts/domain/capability.ts';
import { limits } from '../../../../contracts/domain/limits.ts';
import type { Forms, RefusalForm } from '../client.ts';
import { readAnswer } from '../read-answer.ts';

/*
 * Answers of TKeeper's API as clients read them: what they need, and nothing else. Keepers of several versions answer,
 * with more members and further codes.
 */

/** Codes of this API that mean something to the app. */
export type TkeeperCode =
  | 'ACCESS_DENIED'
  | 'AUDIT_FAILED'
  | 'DESTROY_FORBIDDEN'
  | 'INTERNAL_ERROR'
  | 'INVALID_EXPIRATION_TIME'
  | 'INVALID_KEY_GENERATION'
  | 'INVALID_KEY_SET_POLICY'
  | 'KEEPER_NOT_INITIALIZED'
  | 'KEEPER_SEALED'
  | 'KEY_ALREADY_EXISTS'
  | 'KEY_APPLY_OPS_FORBIDDEN'
  | 'KEY_NOT_FOUND'
  | 'KEY_PROCESS_OPS_FORBIDDEN';

/** Codes by which a keeper says that it does not take a token: of its provider's making, and of its own dev mode. */
export const tokenRefusedCodes: readonly string[] = ['UNAUTHENTICATED', 'DEV_MODE_VIOLATION'];

const refusalSchema = z.object({
  error: z.string().max(100),
  details: z.string().nullish().catch(undefined),
});

/** The body of every refusal: `{ "error", "details" }`. */
export const tkeeperRefusal: RefusalForm = ({ text }) => {
  const body = readAnswer(text, refusalSchema);
  if (body === null) return null;
  // Who looks for what it means finds it by the code.
  const { error: code, details } = body;
  return { code, words: details == null || details.trim() === '' ? code : details };
};

/** Reads an answer of TKeeper's API by a schema. It says also with 5xx what it means: `KEEPER_SEALED` is a 503. */
export function tkeeperForms<Schema extends z.ZodType>(
  schema: Schema,
  maxValues?: number,
): Forms<z.output<Schema>> {
  return {
    value: ({ text }) => readAnswer(text, schema, maxValues),
    refusal: tkeeperRefusal,
    outage: tkeeperRefusal,
  };
}

/** For requests whose success has no content; 299 warns that not every peer did its part yet. */
export const tkeeperDone: Forms<true> = {
  value: ({ status, text }) => (status === 204 || (status === 299 && text === '') ? true : null),
  refusal: tkeeperRefusal,
  outage: tkeeperRefusal,
};

/** What `control/me` may be long: a keeper sends all rules of a token, and its dev file may have any number. */
export const meRoom = { maxBytes: 4 * 1024 * 1024, maxValues: 100_000 };

/** `GET /v1/keeper/control/me`, as far as it says who the token stands for. */
export const tkeeperMeAnswer = z.object({ subject: z.string().min(1).max(limits.subjectMax) });

/** How a keeper that is asked without a token says that people sign in. */
export const tkeeperAuthConfigAnswer = z.discriminatedUnion('id', [
  z.object({ id: z.literal('TOKEN'), header: z.string().max(100) }),
  z.object({
    id: z.literal('OIDC'),
    header: z.string().max(100),
    clientId: z.string().min(1).max(255),
    audience: z.string().min(1).max(255),
    discoveryUrl: z.string().max(2048),
  }),
]);

/** What a context can do there: only who signs in by one of its tokens. */
export const tkeeperCapabilities: readonly Capability[] = ['remote-keys', 'rules'];
