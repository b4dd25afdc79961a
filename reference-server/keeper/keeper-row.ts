import type { KeeperTable } from '../db/keeper-schema.ts';
import type { Reader } from '../db/write.ts';

/** The keeper's own row; undefined before it is initialized. */
export function keeperRow(db: Reader): Promise<KeeperTable | undefined> {
  return db.selectFrom('keeper').selectAll().executeTakeFirst();
}
