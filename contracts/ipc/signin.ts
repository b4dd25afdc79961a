import { z } from 'zod';
import { contextIdSchema } from '../domain/context.ts';
import { perClientSchema } from '../domain/registry-client.ts';
import { byContext } from './by-context.ts';
import { call } from './define.ts';

/** The registration token card without the token: its claims in a form to be worded. Times are RFC 3339. */
const registrationCardSchema = z.strictObject({
  contextId: contextIdSchema,
  userId: z.string(),
  audience: z.string(),
  keyLabel: z.string(),
  fingerprint: z.string(),
  kid: z.string(),
  jti: z.string(),
  algorithm: z.string(),
  issuedAt: z.string(),
  expiresAt: z.string(),
});
export type RegistrationCard = z.infer<typeof registrationCardSchema>;

/**
 * What was set up once registered. `failed` carries no reason: the Registries page shows it; `unchanged`: the context
 * had a key before.
 */
export const setUpOutcomeSchema = z.enum(['not_asked', 'done', 'failed', 'unchanged']);
export type SetUpOutcome = z.infer<typeof setUpOutcomeSchema>;

/** Where the wait for the registration stands. `offline`: the last try did not reach the service. */
const waitPhaseSchema = z.enum(['idle', 'waiting', 'offline', 'registered', 'wrong_user']);
export const waitStateSchema = z.strictObject({
  contextId: contextIdSchema,
  phase: waitPhaseSchema,
  /** RFC 3339; null while a try is under way or none is planned. */
  nextTryAt: z.string().nullable(),
  tries: z.number().int().nonnegative(),
  setUps: perClientSchema(setUpOutcomeSchema),
});
export type WaitState = z.infer<typeof waitStateSchema>;

const pendingErrors = ['context_not_found', 'not_pending'] as const;

export const signinCalls = {
  /** Makes a registration token if there is none that still lives, and answers its card. */
  card: call({ request: byContext, response: registrationCardSchema, errors: pendingErrors }),
  /** Makes a new registration token whatever the old one's age. */
  renew: call({ request: byContext, response: registrationCardSchema, errors: pendingErrors }),
  /** Puts the registration token on the clipboard. */
  copy: call({
    request: byContext,
    response: z.strictObject({ clearsAt: z.string() }),
    errors: pendingErrors,
  }),
  /** Gives the token itself, because the user asked to see it. */
  reveal: call({
    request: byContext,
    response: z.strictObject({ token: z.string() }),
    errors: pendingErrors,
  }),
  /** Starts (or goes on with) asking the service whether the key is known. */
  wait: call({ request: byContext, response: waitStateSchema, errors: pendingErrors }),
  /** Asks again at once instead of at the next planned time. */
  checkNow: call({ request: byContext, response: waitStateSchema, errors: pendingErrors }),
  cancel: call({ request: byContext, response: waitStateSchema, errors: ['context_not_found'] }),
};
