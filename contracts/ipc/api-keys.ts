import { z } from 'zod';
import { openWord } from '../domain/acting.ts';
import { contextNameSchema, contextSummarySchema } from '../domain/context.ts';
import { clientForms } from '../domain/client-line.ts';
import {
  apiKeyCapabilitySchema,
  apiKeyIdSchema,
  apiKeyNameSchema,
  apiKeyScopeSchema,
} from '../server-api/kisenon/api-keys.ts';
import { byContext } from './by-context.ts';
import { discoveryErrors } from './contexts.ts';
import { call } from './define.ts';
import { serviceErrors } from './service-errors.ts';
import { byHeld } from './told-secrets.ts';

/** An API key as its service tells it, without its secret. Times are RFC 3339. */
const apiKeySummarySchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** Its first characters. */
  prefix: z.string(),
  scope: z.strictObject({
    kind: z.enum(['org', 'project', 'branch']),
    /** `name` is null for what is deleted. */
    targets: z.array(z.strictObject({ id: z.string(), name: z.string().nullable() })),
  }),
  /** `read`, `agent`, `read_write`, or what the service calls it. */
  capability: openWord,
  /** All that it was for is deleted. */
  inert: z.boolean(),
  /** User name of whose key it is. */
  creator: z.string(),
  own: z.boolean(),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  lastUse: z
    .strictObject({ at: z.string(), address: z.string().nullable(), program: z.string().nullable() })
    .nullable(),
});
export type ApiKeySummary = z.infer<typeof apiKeySummarySchema>;

/** A new API key, whose secret main holds until it is closed. */
const madeApiKeySchema = z.strictObject({ key: apiKeySummarySchema, heldId: z.uuid() });
export type MadeApiKey = z.infer<typeof madeApiKeySchema>;

const byKey = byContext.extend({ id: apiKeyIdSchema });

export const apiKeysCalls = {
  /** The keys of the organization that the context acts in: its own, of admins and owners all. */
  list: call({ request: byContext, response: z.array(apiKeySummarySchema), errors: serviceErrors }),
  create: call({
    request: byContext.extend({
      name: apiKeyNameSchema,
      scope: apiKeyScopeSchema,
      capability: apiKeyCapabilitySchema,
      /** RFC 3339; null for no end. */
      expiresAt: z.iso.datetime().nullable(),
    }),
    response: madeApiKeySchema,
    errors: [...serviceErrors, 'expiry_passed'],
  }),
  rename: call({
    request: byKey.extend({ name: apiKeyNameSchema }),
    response: z.undefined(),
    errors: [...serviceErrors, 'api_key_gone'],
  }),
  revoke: call({ request: byKey, response: z.undefined(), errors: [...serviceErrors, 'api_key_gone'] }),
  /** Copies a held key in a form, and takes it off the clipboard again. */
  copy: call({
    request: byHeld.extend({ form: z.enum(clientForms) }),
    response: z.strictObject({ clearsAt: z.string() }),
    errors: ['secret_gone'],
  }),
  /** Gives a held key itself, once: a second call answers `secret_gone`. */
  reveal: call({
    request: byHeld,
    response: z.strictObject({ secret: z.string() }),
    errors: ['secret_gone'],
  }),
  /** Makes a context of its own that signs in with a held key. */
  saveAsContext: call({
    request: byHeld.extend({ name: contextNameSchema }),
    response: contextSummarySchema,
    errors: [...discoveryErrors, 'secret_gone', 'name_taken'],
  }),
  /** Lets go of the secret: from then on Keyhold has it only where it was saved. */
  close: call({ request: byHeld, response: z.undefined() }),
};
