import { z } from 'zod';
import { browserAccessSchema } from '../domain/browser-access.ts';
import {
  contextColourSchema,
  contextLabelSchema,
  contextNameSchema,
  contextSummarySchema,
  keyLabelSchema,
} from '../domain/context.ts';
import { keySummarySchema, programUseSchema } from '../domain/key.ts';
import { limits } from '../domain/limits.ts';
import { byContext } from './by-context.ts';
import { call } from './define.ts';

/** What may go wrong when an address is asked what service it is. */
export const discoveryErrors = [
  'invalid_address',
  'insecure_origin',
  'service_not_confirmed',
  'server_unreachable',
  'not_a_keyhold_server',
  'another_origin',
] as const;

/** Who people sign in at for a service, and whom the tokens are for that it gives (RFC 9068, section 2.2). */
export const providerSchema = z.strictObject({ host: z.string(), audience: z.string() });
export type Provider = z.infer<typeof providerSchema>;

/** What a service says of itself before anyone signs in. */
const discoveredServiceSchema = z.strictObject({
  origin: z.string(),
  host: z.string(),
  name: z.string(),
  /** Ways to sign in that the service offers. */
  methods: z.array(z.string()),
  /** What it can let the app have by browser, the longest first; empty where it cannot. */
  browserAccess: z.array(browserAccessSchema),
  /** Who people sign in at for it, where that is somebody else (OpenID Connect); null where it is nobody. */
  provider: providerSchema.nullable(),
  hasRegistry: z.boolean(),
  hasDashboard: z.boolean(),
  /** Longest life of a token that a key makes, seconds; null where the service takes no keys. */
  maxTokenTtl: z.number().int().positive().nullable(),
  /** Server clock minus ours, seconds, as far as the `Date` header tells. */
  clockSkewSeconds: z.number().nullable(),
});
export type DiscoveredService = z.infer<typeof discoveredServiceSchema>;

/** Who the service says we are. How the sign-in stands is the context's `signIn`. */
const contextStatusSchema = z.strictObject({
  context: contextSummarySchema,
  /** Display name of the user or bot, when signed in. */
  identity: z.string().nullable(),
  org: z.string().nullable(),
  role: z.string().nullable(),
  key: keySummarySchema.nullable(),
  /** The API key that signs in, as its service calls it. */
  apiKey: z.string().nullable(),
  /** The last use of what signs in by a program. */
  programUse: programUseSchema.nullable(),
  clockSkewSeconds: z.number().nullable(),
  /** What the service says itself of why it refused the sign-in, in one line. Nobody vouches for it. */
  said: z.string().max(limits.serviceWordsMax).nullable(),
});
export type ContextStatus = z.infer<typeof contextStatusSchema>;

export const contextsCalls = {
  list: call({ request: z.undefined(), response: z.array(contextSummarySchema) }),
  /** The current context alone, which the first screen waits for. */
  current: call({
    request: z.undefined(),
    response: contextSummarySchema.nullable(),
  }),
  discover: call({
    request: z.strictObject({ address: z.string().max(limits.addressMax) }),
    response: discoveredServiceSchema,
    errors: discoveryErrors,
  }),
  /** Opens the dashboard of the service that `discover` found last in the user's browser. */
  openFoundDashboard: call({
    request: z.undefined(),
    response: z.undefined(),
    errors: ['link_not_allowed'],
  }),
  add: call({
    request: z.strictObject({
      address: z.string().max(limits.addressMax),
      name: contextNameSchema,
      userId: z.string().max(limits.userIdMax),
      keyLabel: keyLabelSchema,
      /** Set Podman up for the helper once the key is registered. */
      setUpPodman: z.boolean(),
      /** The same for Docker. */
      setUpDocker: z.boolean(),
    }),
    response: contextSummarySchema,
    errors: [...discoveryErrors, 'sign_in_not_offered', 'invalid_user_id', 'name_taken', 'already_added'],
  }),
  /** Changes what a context looks like here; the service knows nothing of it. */
  edit: call({
    request: byContext.extend({
      name: contextNameSchema,
      colour: contextColourSchema,
      label: contextLabelSchema.nullable(),
    }),
    response: contextSummarySchema,
    errors: ['context_not_found', 'name_taken'],
  }),
  /** Gives a context whose key is not registered yet another user; its registration token is made anew. */
  correctUser: call({
    request: byContext.extend({ userId: z.string().max(limits.userIdMax) }),
    response: contextSummarySchema,
    errors: ['context_not_found', 'not_pending', 'invalid_user_id', 'already_added'],
  }),
  setCurrent: call({ request: byContext, response: z.undefined(), errors: ['context_not_found'] }),
  remove: call({ request: byContext, response: z.undefined(), errors: ['context_not_found'] }),
  status: call({
    request: byContext,
    response: contextStatusSchema,
    errors: ['context_not_found'],
  }),
  openDashboard: call({
    request: byContext,
    response: z.undefined(),
    errors: ['context_not_found', 'link_not_allowed'],
  }),
};
