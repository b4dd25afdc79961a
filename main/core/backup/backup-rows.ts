import { readContexts, type StoredContext } from '../contexts/context-store.ts';
import { readVaultCredentials, type VaultCredentials } from '../credentials/backup/vault-credentials.ts';
import type { Sql } from '../ports.ts';

export interface VaultContext extends StoredContext, VaultCredentials {}

/** All contexts with their credentials, oldest first. @throws KeyholdError `vault_damaged` */
export function readVaultContexts(sql: Sql): VaultContext[] {
  const credentialsOf = readVaultCredentials(sql);
  return readContexts(sql).map((context) => ({ ...context, ...credentialsOf(context.id) }));
}
