import type { Tx } from '../db/write.ts';

/** Somebody whom rights can be given to. */
export interface Principal {
  kind: 'user' | 'bot';
  id: string;
  /** User name, or `org/name` of a bot. */
  name: string;
}

/**
 * Lets nobody else pass here with the same principal until the transaction ends: for what is counted before it is
 * added to, and for what must not be given to a bot while it is deleted. An update that changes nothing locks the row
 * on every database.
 *
 * @returns False when there is no such principal, or it is a bot that was deleted.
 */
export async function holdPrincipal(tx: Tx, id: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('principals')
    .set((row) => ({ kind: row.ref('kind') }))
    .where('id', '=', id)
    .executeTakeFirst();
  const deleted = await tx
    .selectFrom('bots')
    .select('id')
    .where('id', '=', id)
    .where('deleted_at', 'is not', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n && deleted === undefined;
}
