import type { Random, Sql } from '../ports.ts';
import { wipe } from './bytes.ts';
import type { Keyring } from './keyring.ts';
import { openValue, sealValue } from './sealing.ts';

/**
 * Every column that holds sealed values. Re-keying seals these anew; a column that is not named here cannot be
 * sealed (see `requireSealedColumn`), so that none is forgotten.
 */
const sealedColumns = [
  { table: 'keys', column: 'sealed_seed' },
  { table: 'api_keys', column: 'sealed_key' },
  { table: 'sessions', column: 'sealed_token' },
  { table: 'pasted_tokens', column: 'sealed_token' },
  { table: 'unrevoked', column: 'sealed_secret' },
  { table: 'registry_setups', column: 'before_sealed' },
  { table: 'approval_rules', column: 'sealed_rule' },
  { table: 'roles', column: 'sealed_role' },
] as const;

interface SealedRow {
  id: string;
  sealed: Buffer;
}

/** Refuses to seal what re-keying would lose. A programming error, never a user's. */
export function requireSealedColumn(place: { table: string; column: string }): void {
  const known = sealedColumns.some(({ table, column }) => table === place.table && column === place.column);
  if (!known) throw new Error(`${place.table}.${place.column} is not in the list of sealed columns`);
}

/**
 * Seals every value with another key. To be run in a transaction.
 * @throws KeyholdError `vault_damaged` when a value does not open: nothing may be re-keyed then
 */
export function resealAll(
  sql: Sql,
  random: Random,
  vaultId: string,
  { from, to }: { from: Keyring; to: Keyring },
): void {
  for (const { table, column } of sealedColumns) {
    // Null, or empty where the private part of a key is gone: there is nothing to seal.
    const rows = sql.all<SealedRow>(
      `SELECT id, ${column} AS sealed FROM ${table} WHERE length(${column}) > 0`,
    );
    for (const { id, sealed } of rows) {
      const place = { table, row: id, column };
      const plain = openValue(from, vaultId, place, sealed);
      try {
        const again = sealValue(to, random, vaultId, place, plain);
        sql.run(`UPDATE ${table} SET ${column} = ? WHERE id = ?`, again, id);
      } finally {
        wipe(plain);
      }
    }
  }
}
