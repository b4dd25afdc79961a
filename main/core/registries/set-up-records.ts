import type { RegistryClient } from '../../../contracts/domain/registry-client.ts';
import type { Vault } from '../vault/vault.ts';
import type { SetUp } from './set-up-plan.ts';

/** Where a set-up lies and whose it is: public, readable while the vault is locked. */
export interface SetUpPlace {
  readonly id: string;
  readonly contextId: string;
  readonly client: RegistryClient;
  readonly host: string;
  readonly file: string;
}

/** A set-up with the file's earlier text, which may hold passwords of other registries and is sealed for that. */
export interface SetUpRecord extends SetUpPlace, SetUp {
  /** RFC 3339. */
  readonly createdAt: string;
}

interface Row {
  id: string;
  context_id: string;
  tool: RegistryClient;
  host: string;
  file: string;
  before_sealed: Buffer | null;
  after_hash: string;
  created_at: string;
}

/** The set-ups on record in the vault. */
export class SetUpRecords {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  /** All set-ups, oldest first. */
  places(): SetUpPlace[] {
    return this.#rows().map(toPlace);
  }

  /**
   * The set-ups in one file, oldest first.
   *
   * @throws KeyholdError `vault_locked`
   */
  ofFile(file: string): SetUpRecord[] {
    return this.#rows()
      .filter((row) => row.file === file)
      .map((row) => ({
        ...toPlace(row),
        before: this.#open(row),
        afterHash: row.after_hash,
        createdAt: row.created_at,
      }));
  }

  /**
   * Makes these the set-ups of a file, in this order.
   *
   * @throws KeyholdError `vault_locked`
   */
  replaceOfFile(file: string, records: readonly SetUpRecord[]): void {
    const sql = this.#vault.sql();
    sql.transaction(() => {
      sql.run('DELETE FROM registry_setups WHERE file = ?', file);
      for (const record of records) {
        sql.run(
          `INSERT INTO registry_setups (id, context_id, tool, host, file, before_sealed, after_hash, created_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
          record.id,
          record.contextId,
          record.client,
          record.host,
          record.file,
          this.#seal(record),
          record.afterHash,
          record.createdAt,
        );
      }
    });
  }

  /** Gives a set-up to another context of the same host. */
  handOver(id: string, contextId: string): void {
    this.#vault.sql().run('UPDATE registry_setups SET context_id = ? WHERE id = ?', contextId, id);
  }

  #rows(): Row[] {
    return this.#vault.sql().all<Row>('SELECT * FROM registry_setups ORDER BY created_at, rowid');
  }

  #seal({ id, before }: SetUpRecord): Buffer | null {
    return before === null ? null : this.#vault.seal(placeOf(id), Buffer.from(before, 'utf8'));
  }

  #open({ id, before_sealed: sealed }: Row): string | null {
    return sealed === null ? null : this.#vault.open(placeOf(id), sealed).toString('utf8');
  }
}

function toPlace({ id, context_id: contextId, tool: client, host, file }: Row): SetUpPlace {
  return { id, contextId, client, host, file };
}

function placeOf(id: string): { table: string; row: string; column: string } {
  return { table: 'registry_setups', row: id, column: 'before_sealed' };
}
