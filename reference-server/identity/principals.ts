import type { Tx } from '../db/write.ts';

/** Somebody whom rights can be given to. */
export interface Principal {
  kind: 'user' | 'bot';
  id: string;
  /** User name, or `org/name` of a bot. */
  name: string;
}

/** Whether keys and grants can be given to a principal: not where it is gone, or is a deleted bot. */
export async function canReceive(tx: Tx, id: string): Promise<boolean> {
  const row = await tx
    .selectFrom('principals')
    .leftJoin('bots', 'bots.id', 'principals.id')
    .select('bots.deleted_at')
    .where('principals.id', '=', id)
    .executeTakeFirst();
  return row?.deleted_at === null;
}
