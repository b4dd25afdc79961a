import { z } from 'zod';
import { limits } from '../domain/limits.ts';
import { call } from './define.ts';
import { passphraseSchema } from './vault.ts';

/** What long work is at. `total` is 0 where nobody can say how much there is. */
export const backupProgressSchema = z.strictObject({
  step: z.enum(['deriving', 'credentials', 'writing']),
  done: z.number().int().nonnegative(),
  total: z.number().int().nonnegative(),
});
export type BackupProgress = z.infer<typeof backupProgressSchema>;

/**
 * How a context of the backup stands to the vault. `renamed`: new, but its name is taken. `merged`: the same user of
 * the same service is there, and gets credentials or revocations from the backup. `same`: nothing in it is new.
 */
const outcomeSchema = z.enum(['new', 'renamed', 'merged', 'same']);

const restoreRowSchema = z.strictObject({
  name: z.string(),
  /** The name it would get; for `merged` and `same` that of the vault's own context. */
  asName: z.string(),
  host: z.string(),
  userId: z.string(),
  outcome: outcomeSchema,
  credentials: z.number().int().nonnegative(),
  newCredentials: z.number().int().nonnegative(),
  /** Credentials of the vault that the backup knows to be revoked. */
  revokedCredentials: z.number().int().nonnegative(),
  /** Credentials that the vault has in another context; they stay there. */
  foreignCredentials: z.number().int().nonnegative(),
});
export type RestoreRow = z.infer<typeof restoreRowSchema>;

const restorePreviewSchema = z.strictObject({
  /** RFC 3339. */
  savedAt: z.string(),
  contexts: z.number().int().nonnegative(),
  credentials: z.number().int().nonnegative(),
  /** The first contexts of the backup, those with something new before the others. */
  rows: z.array(restoreRowSchema).max(limits.previewRows),
  /** What merging would do, over all contexts. */
  newContexts: z.number().int().nonnegative(),
  newCredentials: z.number().int().nonnegative(),
  revokedCredentials: z.number().int().nonnegative(),
  /** What the vault has and the backup has not: lost when everything is replaced. */
  leaving: z.strictObject({
    contexts: z.number().int().nonnegative(),
    credentials: z.number().int().nonnegative(),
    names: z.array(z.string()).max(limits.previewRows),
  }),
  /** Contexts that the vault has now. */
  present: z.number().int().nonnegative(),
});
export type RestorePreview = z.infer<typeof restorePreviewSchema>;

const restoreResultSchema = z.strictObject({
  contexts: z.number().int().nonnegative(),
  credentials: z.number().int().nonnegative(),
  /** Restored contexts with a registry: Podman has to be set up for them on this computer. */
  registries: z.number().int().nonnegative(),
});
export type RestoreResult = z.infer<typeof restoreResultSchema>;

const byFile = z.strictObject({ fileId: z.uuid() });

export const backupCalls = {
  /** When a backup was last saved (RFC 3339), and what it does not hold yet; the vault's own dated copies. */
  status: call({
    request: z.undefined(),
    response: z.strictObject({
      savedAt: z.string().nullable(),
      /** Credentials made or imported since then, or all when there was none. */
      newCredentials: z.number().int().nonnegative(),
      copies: z.number().int().nonnegative(),
      /** Day of the newest copy, `YYYY-MM-DD`. */
      newestCopy: z.string().nullable(),
    }),
  }),
  /** Saves a backup under a passphrase of its own where the user says; null when the user gave up or cancelled. */
  save: call({
    request: z.strictObject({ passphrase: passphraseSchema }),
    response: z
      .strictObject({
        fileName: z.string(),
        contexts: z.number().int().nonnegative(),
        credentials: z.number().int().nonnegative(),
      })
      .nullable(),
    errors: ['vault_damaged', 'passphrase_too_short', 'passphrase_too_weak', 'backup_too_large'],
  }),
  /** Asks for a backup file and looks at its outside; null when the user chose none. */
  choose: call({
    request: z.undefined(),
    response: byFile.extend({ fileName: z.string() }).nullable(),
    errors: ['backup_unreadable', 'backup_foreign', 'backup_damaged', 'backup_newer', 'backup_too_large'],
  }),
  /** Opens the chosen file and compares it with the vault; null when cancelled. Changes nothing. */
  open: call({
    request: byFile.extend({ passphrase: passphraseSchema }),
    response: restorePreviewSchema.nullable(),
    errors: ['backup_wrong_passphrase', 'backup_damaged', 'backup_newer', 'backup_gone'],
  }),
  /** Takes the opened backup over: all of it or nothing. The vault file is copied before. */
  restore: call({
    request: byFile.extend({ mode: z.enum(['merge', 'replace']) }),
    response: restoreResultSchema,
    errors: ['vault_damaged', 'backup_gone', 'service_not_confirmed', 'too_many_roles'],
  }),
  /** Deletes the vault's dated copies. */
  removeCopies: call({ request: z.undefined(), response: z.undefined() }),
  /** Ends the work that `save` or `open` is at. */
  cancel: call({ needs: 'nothing', request: z.undefined(), response: z.undefined() }),
  /** Lets go of the chosen file and what was read from it. */
  close: call({ needs: 'nothing', request: z.undefined(), response: z.undefined() }),
};
