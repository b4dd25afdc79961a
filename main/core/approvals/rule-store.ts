import { z } from 'zod';
import { verdictSchema } from '../../../contracts/domain/approval.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { Logger } from '../ports.ts';
import type { SealPlace } from '../vault/sealing.ts';
import type { Vault } from '../vault/vault.ts';

const contentSchema = z.strictObject({
  contextId: z.uuid(),
  program: z.string(),
  path: z.string(),
  verdict: verdictSchema,
});

/** A remembered answer of unlimited life. */
export interface StoredRule extends z.infer<typeof contentSchema> {
  id: string;
  createdAt: string;
}

interface Row {
  id: string;
  context_id: string;
  sealed_rule: Buffer;
  created_at: string;
}

/**
 * Rules in the vault. They are sealed less to hide them than to authenticate them: whoever can write to the file
 * could otherwise allow a program by a row of its own.
 */
export class RuleStore {
  readonly #vault: Vault;
  readonly #logger: Logger;

  constructor(deps: { vault: Vault; logger: Logger }) {
    this.#vault = deps.vault;
    this.#logger = deps.logger;
  }

  /** Oldest first; rows that Keyhold did not write count for nothing. @throws KeyholdError `vault_locked` */
  read(): StoredRule[] {
    return this.#vault
      .sql()
      .all<Row>('SELECT * FROM approval_rules ORDER BY created_at, rowid')
      .map((row) => this.#open(row))
      .filter((rule) => rule !== null);
  }

  /** @throws KeyholdError `vault_locked`, `storage_failed` */
  insert({ id, createdAt, ...content }: StoredRule): void {
    const sealed = this.#vault.seal(placeOf(id), Buffer.from(JSON.stringify(content), 'utf8'));
    this.#vault
      .sql()
      .run(
        'INSERT INTO approval_rules (id, context_id, sealed_rule, created_at) VALUES (?, ?, ?, ?)',
        ...[id, content.contextId, sealed, createdAt],
      );
  }

  remove(id: string): void {
    this.#vault.sql().run('DELETE FROM approval_rules WHERE id = ?', id);
  }

  #open(row: Row): StoredRule | null {
    try {
      const text = this.#vault.open(placeOf(row.id), row.sealed_rule).toString('utf8');
      const content = contentSchema.parse(JSON.parse(text));
      if (content.contextId !== row.context_id) throw new KeyholdError('vault_damaged');
      return { ...content, id: row.id, createdAt: row.created_at };
    } catch (error) {
      if (error instanceof KeyholdError && error.code === 'vault_locked') throw error;
      this.#logger.error('approvals.rule_unreadable', error);
      return null;
    }
  }
}

function placeOf(id: string): SealPlace {
  return { table: 'approval_rules', row: id, column: 'sealed_rule' };
}
