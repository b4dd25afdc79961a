import { z } from 'zod';
import { limits } from '../domain/limits.ts';
import { call } from './define.ts';

export const activityKinds = [
  'vault.created',
  'vault.unlocked',
  'vault.unlock_failed',
  'vault.locked',
  'vault.recovered',
  'vault.passphrase_changed',
  'vault.rekeyed',
  'vault.rows_vouched',
  'vault.keychain_added',
  'vault.keychain_removed',
  'vault.recovery_made',
  'vault.recovery_removed',
  'vault.set_aside',
  'vault.copy_used',
  'vault.copies_removed',
  'backup.saved',
  'backup.restored',
  'context.added',
  'context.edited',
  'context.signed_out',
  'context.removed',
  'unrevoked.revoked',
  'unrevoked.given_up',
  'api_key.saved',
  'session.started',
  'key.created',
  'key.imported',
  'key.registered',
  'key.edited',
  'key.rotated',
  'key.rotation_undone',
  'key.revoked',
  'key.removed',
  'token.minted',
  'token.copied',
  'token.revealed',
  'registry.set_up',
  'registry.undone',
  'registry.account_chosen',
  'settings.changed',
  'settings.weakened',
  'doctor.mended',
  'bot.created',
  'bot.removed',
  'bot.key_made',
  'bot.key_revoked',
  'bot.credential_saved',
  'bot.credential_copied',
  'access.granted',
  'access.revoked',
  'image.tag_deleted',
  'org.created',
  'org.renamed',
  'org.transferred',
  'org.left',
  'org.removed',
  'member.role_changed',
  'member.removed',
  'invitation.sent',
  'invitation.revoked',
  'invitation.accepted',
  'api_key.created',
  'api_key.renamed',
  'api_key.revoked',
  'api_key.copied',
  'api_key.revealed',
  'project.created',
  'project.renamed',
  'project.removed',
  'branch.created',
  'branch.renamed',
  'branch.removed',
  'account.approved',
  'account.denied',
  'approval.allowed',
  'approval.denied',
  'approval.rule_removed',
  'helper.credential_given',
  'helper.refused',
] as const;

export const activityEntrySchema = z.strictObject({
  seq: z.number().int().positive(),
  /** RFC 3339. */
  at: z.string(),
  kind: z.enum(activityKinds),
  contextName: z.string().nullable(),
  /** Registry host, key label, token life and the like; never a secret. */
  detail: z.string().nullable(),
});
export type ActivityEntry = z.infer<typeof activityEntrySchema>;

/** Which entries: of these kinds (null for all), and with this text in their context or detail. */
const filterShape = {
  kinds: z.array(z.enum(activityKinds)).max(activityKinds.length).nullable(),
  text: z.string().max(limits.filterMax),
};
export type ActivityFilter = z.infer<z.ZodObject<typeof filterShape>>;

export const activityCalls = {
  list: call({
    request: z.strictObject({
      ...filterShape,
      /** Entries older than this sequence number; null for the newest. */
      before: z.number().int().positive().nullable(),
      limit: z.number().int().min(1).max(200),
    }),
    response: z.strictObject({ entries: z.array(activityEntrySchema), more: z.boolean() }),
  }),
  /** Recomputes the hash chain. `brokenAt`: the first entry that does not fit; null when all do. */
  verify: call({
    request: z.undefined(),
    response: z.strictObject({ checked: z.number().int(), brokenAt: z.number().int().nullable() }),
  }),
  /** Writes the entries to a file that the user chooses; null when the user chose none. */
  export: call({
    request: z.strictObject({ ...filterShape, format: z.enum(['csv', 'json']) }),
    response: z.strictObject({ entries: z.number().int().nonnegative(), fileName: z.string() }).nullable(),
  }),
};
