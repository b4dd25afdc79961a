import { KeyholdError } from '../../../contracts/errors.ts';
import { readChoices } from '../contexts/registry-account-store.ts';
import {
  backedUpKind,
  countCredentials,
  requireGenuine,
} from '../credentials/backup/backed-up-credentials.ts';
import { openCredentials } from '../credentials/backup/vault-credentials.ts';
import { readRoles } from '../rules/role-store.ts';
import { wipe } from '../vault/bytes.ts';
import type { Vault } from '../vault/vault.ts';
import { decodeContent, encodeContent, wipeContent, type BackupContent } from './backup-content.ts';
import { readVaultContexts } from './backup-rows.ts';
import type { LongWork } from './long-work.ts';

export interface Counts {
  contexts: number;
  credentials: number;
}

/** A backup that could not be restored must not be written: what is in it is read once before. */
function readableAgain(plain: Buffer): Buffer {
  try {
    wipeContent(decodeContent(plain));
    return plain;
  } catch {
    wipe(plain);
    throw new KeyholdError('vault_damaged');
  }
}

/**
 * All contexts and credentials of the vault as the bytes of a backup's content. The caller zeroes `plain`.
 * @param savedAt RFC 3339
 * @throws Cancelled; KeyholdError `vault_locked`, `vault_damaged`
 */
export async function collect(
  vault: Vault,
  work: LongWork,
  savedAt: string,
): Promise<{ plain: Buffer; counts: Counts }> {
  const contexts = readVaultContexts(vault.sql());
  const choices = readChoices(vault.sql());
  const roles = readRoles(vault);
  const opened = await openCredentials(vault, contexts, (items, open) =>
    work.each('credentials', items, open),
  );
  const content: BackupContent = {
    savedAt,
    contexts: contexts.map((context) => ({
      ...context,
      credential: backedUpKind(context),
      answers: choices.get(context.host) === context.id,
      ...opened(context),
    })),
    roles,
  };
  try {
    const plain = readableAgain(encodeContent(content));
    return { plain, counts: { contexts: contexts.length, credentials: countCredentials(contexts) } };
  } finally {
    wipeContent(content);
  }
}

/**
 * The content of a decrypted backup, with every credential checked. Zeroes `plain`; the caller wipes the answer.
 * @throws Cancelled; KeyholdError `backup_damaged`, `backup_newer`
 */
export async function readContent(work: LongWork, plain: Buffer): Promise<BackupContent> {
  let content: BackupContent;
  try {
    content = decodeContent(plain);
  } finally {
    wipe(plain);
  }
  try {
    await requireGenuine(content.contexts, (items, check) => work.each('credentials', items, check));
    return content;
  } catch (error) {
    wipeContent(content);
    throw error;
  }
}
