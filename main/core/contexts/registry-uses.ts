import type { ProgramUse } from '../../../contracts/domain/key.ts';
import type { Sql } from '../ports.ts';

/** Notes when a credential for a host was given last, and to which program. */
export function writeRegistryUse(sql: Sql, host: string, { at, program }: ProgramUse): void {
  sql.run(
    `INSERT INTO registry_uses (host, at, program) VALUES (?, ?, ?)
     ON CONFLICT (host) DO UPDATE SET at = excluded.at, program = excluded.program`,
    ...[host, at, program],
  );
}

/** Another account answers for the host from now on. */
export function forgetRegistryUse(sql: Sql, host: string): void {
  sql.run('DELETE FROM registry_uses WHERE host = ?', host);
}

/** The last use of each host that was ever used. */
export function readRegistryUses(sql: Sql): ReadonlyMap<string, ProgramUse> {
  const rows = sql.all<{ host: string; at: string; program: string | null }>('SELECT * FROM registry_uses');
  return new Map(rows.map(({ host, at, program }) => [host, { at, program }]));
}
