import { z } from 'zod';
import { contextIdSchema } from '../domain/context.ts';
import { limits } from '../domain/limits.ts';
import { perClientSchema } from '../domain/registry-client.ts';
import { byContext } from './by-context.ts';
import { call } from './define.ts';
import { setUpOutcomeSchema } from './signin.ts';
import { signInErrors, signInTargetSchema } from './sign-in-target.ts';

const passwordSchema = z.string().min(1).max(limits.passwordMax);

const requestSchema = z.strictObject({
  target: signInTargetSchema,
  username: z.string().min(1).max(limits.loginNameMax),
  password: passwordSchema,
  /** Chosen because the service wants another one first; null for who was not asked. */
  newPassword: passwordSchema.nullable(),
});
export type PasswordSignInRequest = z.infer<typeof requestSchema>;

/**
 * - `signed_in`: the context is there. `confirmed`: whether the service took what it gave; no while it could not be asked.
 * - `new_password`: the password is right, and the service wants another one first.
 */
const answerSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('signed_in'),
    contextId: contextIdSchema,
    who: z.string(),
    confirmed: z.boolean(),
    setUps: perClientSchema(setUpOutcomeSchema),
  }),
  z.strictObject({ kind: z.literal('new_password') }),
]);
export type PasswordSignInAnswer = z.infer<typeof answerSchema>;

export const passwordSignInCalls = {
  signIn: call({
    request: requestSchema,
    response: answerSchema,
    errors: [
      ...signInErrors,
      'sign_in_left',
      'password_wrong',
      'sign_in_limited',
      'sign_in_unavailable',
      'second_factor_wanted',
      'password_changed',
      'password_maybe_changed',
    ],
  }),
  /**
   * How a context was signed in before: what its user is called, where that was with a password, and whether its session
   * goes on for as long as it is used.
   */
  before: call({
    request: byContext,
    response: z.strictObject({ username: z.string().nullable(), lasting: z.boolean() }),
    errors: ['context_not_found'],
  }),
};
