import { z } from 'zod';
import { keyLabelSchema } from '../domain/context.ts';
import { botNameSchema, kidSchema, orgSlugSchema } from '../server-api/primitives.ts';
import { byContext } from './by-context.ts';
import { call } from './define.ts';
import { serviceErrors } from './service-errors.ts';

/** A bot as its service tells it. Times are RFC 3339. */
const botSummarySchema = z.strictObject({
  id: z.string(),
  org: z.string(),
  name: z.string(),
  /** How the bot names itself in its tokens: `bot:<org>/<name>`. */
  subject: z.string(),
  createdAt: z.string(),
  createdBy: z.string().nullable(),
  /** Keys that are not revoked, the newest first. */
  keys: z.array(
    z.strictObject({
      kid: z.string(),
      label: z.string(),
      fingerprint: z.string(),
      createdAt: z.string(),
      lastUsedAt: z.string().nullable(),
    }),
  ),
  grants: z.array(
    z.strictObject({
      repository: z.string(),
      /** `reader`, `writer`, or what the service calls it. */
      permission: z.string(),
      expiresAt: z.string().nullable(),
    }),
  ),
  /** How many there are in all; the service names only the first of many. */
  grantCount: z.number(),
});
export type BotSummary = z.infer<typeof botSummarySchema>;

export const botListSchema = z.strictObject({
  /** The organization that the user acts in; null for a user without one. */
  org: z.string().nullable(),
  /** Whether the user may see and change its bots. */
  allowed: z.boolean(),
  bots: z.array(botSummarySchema),
});
export type BotList = z.infer<typeof botListSchema>;

/** A bot's credential, which main holds until it is closed. Its private key never comes to the window. */
const botCredentialSchema = z.strictObject({
  credentialId: z.uuid(),
  fingerprint: z.string(),
  /** The environment variables in their order; `value` is null for the secret one. */
  variables: z.array(z.strictObject({ name: z.string(), value: z.string().nullable() })),
});
export type BotCredential = z.infer<typeof botCredentialSchema>;

const byBot = byContext.extend({ org: orgSlugSchema, name: botNameSchema });
const byCredential = z.strictObject({ credentialId: z.uuid() });

export const botsCalls = {
  list: call({ request: byContext, response: botListSchema, errors: serviceErrors }),
  create: call({
    request: byBot,
    response: z.undefined(),
    errors: [...serviceErrors, 'bot_name_taken'],
  }),
  /** Deletes a bot with its keys and grants. */
  remove: call({ request: byBot, response: z.undefined(), errors: [...serviceErrors, 'bot_gone'] }),
  /** Makes a key, has the service register it for the bot, and holds the credential for it. */
  makeKey: call({
    request: byBot.extend({ label: keyLabelSchema }),
    response: botCredentialSchema,
    errors: [...serviceErrors, 'bot_gone'],
  }),
  revokeKey: call({
    request: byBot.extend({ kid: kidSchema }),
    response: z.undefined(),
    errors: [...serviceErrors, 'bot_gone'],
  }),
  /** Saves the credential where the user says, readable by the user alone; null when the user gave up. */
  saveCredential: call({
    request: byCredential,
    response: z.strictObject({ fileName: z.string() }).nullable(),
    errors: ['credential_gone'],
  }),
  /** Copies the variables, secret included, and takes them off the clipboard again. */
  copyCredential: call({
    request: byCredential,
    response: z.strictObject({ clearsAt: z.string() }),
    errors: ['credential_gone'],
  }),
  /** Lets go of the credential: its private key is nowhere in Keyhold from then on. */
  closeCredential: call({ request: byCredential, response: z.undefined() }),
};
