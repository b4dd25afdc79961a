import { z } from 'zod';
import { roleSchema, type Role } from '../../../contracts/ipc/rules.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { SealPlace } from '../vault/sealing.ts';
import type { Vault } from '../vault/vault.ts';

/*
 * Roles in the vault. They are sealed whole: names of keys and of teams are nobody's business either.
 */

interface Row {
  id: string;
  sealed_role: Buffer;
}

type StoreVault = Pick<Vault, 'sql' | 'seal' | 'open'>;

/** All roles, in the order in which they were made. @throws KeyholdError `vault_locked`, `vault_damaged`. */
export function readRoles(vault: StoreVault): Role[] {
  return vault
    .sql()
    .all<Row>('SELECT id, sealed_role FROM roles ORDER BY created_at, rowid')
    .map(({ id, sealed_role: sealed }) => {
      const content = vault.open(placeOf(id), sealed).toString('utf8');
      const role = contentSchema.safeParse(JSON.parse(content));
      if (!role.success) throw new KeyholdError('vault_damaged');
      return { id, ...role.data };
    });
}

/** Adds a role, or changes the one of its id. @param now - RFC 3339; when it was made, where it is new. */
export function writeRole(vault: StoreVault, { id, ...content }: Role, now: string): void {
  const sealed = vault.seal(placeOf(id), Buffer.from(JSON.stringify(content), 'utf8'));
  vault.sql().run(
    `INSERT INTO roles (id, sealed_role, created_at) VALUES (?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET sealed_role = excluded.sealed_role`,
    ...[id, sealed, now],
  );
}

/** @returns Whether there was one. */
export function deleteRole(vault: StoreVault, id: string): boolean {
  return vault.sql().run('DELETE FROM roles WHERE id = ?', id).changes > 0;
}

const contentSchema = z.strictObject(roleSchema.omit({ id: true }).shape);

function placeOf(id: string): SealPlace {
  return { table: 'roles', row: id, column: 'sealed_role' };
}
