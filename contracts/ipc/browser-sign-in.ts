import { z } from 'zod';
import { browserWaySchema } from '../domain/browser-access.ts';
import { contextIdSchema } from '../domain/context.ts';
import { limits } from '../domain/limits.ts';
import { perClientSchema } from '../domain/registry-client.ts';
import { errorCodes } from '../errors.ts';
import { setUpOutcomeSchema } from './signin.ts';
import { providerSchema } from './contexts.ts';
import { call } from './define.ts';
import { signInTargetSchema, targetErrors } from './sign-in-target.ts';

/**
 * - `waiting`: for the person's answer in the browser.
 * - `exchanging`: the answer is there, and the service is asked for what it stands for.
 * - `done`: signed in; the context is there.
 * - `failed`: it is over without that, `failure` says why.
 */
const browserPhaseSchema = z.enum(['waiting', 'exchanging', 'done', 'failed']);

/** The one sign-in by browser that is under way, or was last. */
export const browserSignInSchema = z.strictObject({
  /** The context that it is for; null for one that is not there yet. */
  contextId: contextIdSchema.nullable(),
  /** What the context is called. */
  name: z.string(),
  origin: z.string(),
  host: z.string(),
  serviceName: z.string(),
  /** Where the person signs in; null for the service itself. */
  provider: providerSchema.nullable(),
  access: browserWaySchema,
  /** The browser is on another computer: the person brings the code. */
  elsewhere: z.boolean(),
  phase: browserPhaseSchema,
  /** False while `waiting` when the system opened no browser. */
  opened: z.boolean(),
  /** The address for the browser, which is good for this one sign-in; null once there is an answer. */
  address: z.string().nullable(),
  /** When the wait ends, RFC 3339. */
  until: z.string(),
  failure: z
    .strictObject({
      code: z.enum(errorCodes),
      /** The service's own words in one printable line. Nobody vouches for them. */
      said: z.string().max(limits.serviceWordsMax).optional(),
    })
    .nullable(),
  /** Who the service says that the person is, once that is known. */
  who: z.string().nullable(),
  org: z.string().nullable(),
  /** Whether the service took what it gave: no while it could not be asked. */
  confirmed: z.boolean(),
  setUps: perClientSchema(setUpOutcomeSchema),
});
export type BrowserSignInState = z.infer<typeof browserSignInSchema>;

const beginErrors = [
  ...targetErrors,
  'loopback_failed',
  'sign_in_over',
  'provider_unusable',
  'provider_unreachable',
  'provider_changed',
  'audience_of_another',
] as const;

export const browserSignInCalls = {
  current: call({ request: z.undefined(), response: browserSignInSchema.nullable() }),
  /** Begins, in the place of one that is under way, and opens the browser unless that is elsewhere. */
  start: call({
    request: z.strictObject({
      target: signInTargetSchema,
      access: browserWaySchema,
      /** Not with `oidc`: a provider brings its answer to this computer. */
      elsewhere: z.boolean(),
      /** With `oidc`: what the person was shown, and agreed to. A service that names another by now gets nothing. */
      agreed: providerSchema.optional(),
    }),
    response: browserSignInSchema,
    errors: beginErrors,
  }),
  /** Begins the same anew, with a new address. */
  again: call({
    request: z.strictObject({ elsewhere: z.boolean() }),
    response: browserSignInSchema,
    errors: beginErrors,
  }),
  /** Opens the address in the browser once more. */
  open: call({ request: z.undefined(), response: browserSignInSchema, errors: ['sign_in_over'] }),
  /** Puts the address on the clipboard, for a browser elsewhere. */
  copyAddress: call({ request: z.undefined(), response: z.undefined(), errors: ['sign_in_over'] }),
  /** Takes the code that the browser showed. Answers once it was exchanged, or not. */
  paste: call({
    request: z.strictObject({ code: z.string().max(limits.loginCodeMax) }),
    response: browserSignInSchema,
    errors: ['invalid_code', 'sign_in_over'],
  }),
  /** Ends the wait, or lets go of what was. */
  end: call({ request: z.undefined(), response: z.undefined() }),
};
