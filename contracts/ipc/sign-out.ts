import { z } from 'zod';
import { credentialKinds } from '../domain/credential.ts';
import { contextIdSchema, contextSummarySchema, keyLabelSchema } from '../domain/context.ts';
import { perClientSchema } from '../domain/registry-client.ts';
import { call } from './define.ts';

/**
 * What became of a credential on its service.
 *
 * - `revoked`: the service has revoked it now.
 * - `not_registered`: the service does not know it, or had revoked it before.
 * - `unreachable`: the service did not answer; the credential is still valid there.
 * - `refused`: the service answered, but did not revoke it; the credential may still be valid there.
 */
export const revocationSchema = z.enum(['revoked', 'not_registered', 'unreachable', 'refused']);
export type Revocation = z.infer<typeof revocationSchema>;

/**
 * What became of the helper's entry in a client's file: `kept` for another account on that host that still
 * uses it; `failed` when the file could not be changed, so that the entry is still there and can be undone later.
 */
const setUpLeftSchema = z.enum(['none', 'undone', 'kept', 'failed']);
export type SetUpLeft = z.infer<typeof setUpLeftSchema>;

/**
 * What became of a credential that signed in. `label`: null for a session or a token; `fingerprint`: of a key.
 * `not_possible`: no service ends it before its time, so that none was asked; `endsAt` is that time, RFC 3339, left out for
 * never.
 */
const revokedCredentialSchema = z.strictObject({
  kind: z.enum(credentialKinds),
  label: z.string().nullable(),
  fingerprint: z.string().nullable(),
  revocation: z.enum([...revocationSchema.options, 'not_possible']),
  endsAt: z.string().optional(),
});
export type RevokedCredential = z.infer<typeof revokedCredentialSchema>;

/** What was done for one context. */
const signOutResultSchema = z.strictObject({
  /** As it is now. */
  context: contextSummarySchema,
  /** False when the vault could not be changed: credential and context are still there. */
  done: z.boolean(),
  credentials: z.array(revokedCredentialSchema),
  setUps: perClientSchema(setUpLeftSchema),
});
export type SignOutResult = z.infer<typeof signOutResultSchema>;

const signOutReportSchema = z.strictObject({
  results: z.array(signOutResultSchema),
  /** How many contexts were not begun with, because the user cancelled. */
  left: z.number().int().nonnegative(),
});
export type SignOutReport = z.infer<typeof signOutReportSchema>;

export const signOutProgressSchema = z.strictObject({
  done: z.number().int().nonnegative(),
  total: z.number().int().nonnegative(),
  /** Contexts that are being signed out now. */
  current: z.array(z.string()),
});
export type SignOutProgress = z.infer<typeof signOutProgressSchema>;

export const signOutCalls = {
  /** Signs out of one context, or of all that are signed in (null). Answers when all of it is done. */
  run: call({
    request: z.strictObject({ contextId: contextIdSchema.nullable() }),
    response: signOutReportSchema,
    errors: ['context_not_found'],
  }),
  /** Begins with no further context; those that were begun are finished. */
  cancel: call({ request: z.undefined(), response: z.undefined() }),
  /** Makes a new key for a context that was signed out; its registration follows. */
  signInAgain: call({
    request: z.strictObject({ contextId: contextIdSchema, keyLabel: keyLabelSchema }),
    response: contextSummarySchema,
    errors: ['context_not_found', 'not_signed_out', 'sign_in_not_offered'],
  }),
};
