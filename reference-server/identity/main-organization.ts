import type { Tx } from '../db/write.ts';
import { newId } from './ids.ts';

/** Slug of the organization that everything belongs to that names none. Nobody can take it: it is reserved. */
export const mainSlug = 'main';

/** Id of the main organization, which is made where it is missing. It has no members: administrators manage it. */
export async function requireMainOrganization(tx: Tx, now: Date): Promise<string> {
  const row = { id: newId('o'), slug: mainSlug, display_name: 'Main', kind: 'team' as const };
  await tx
    .insertInto('organizations')
    .values({ ...row, created_at: now.toISOString() })
    .onConflict((conflict) => conflict.column('slug').doNothing())
    .execute();
  const found = tx.selectFrom('organizations').select('id').where('slug', '=', mainSlug);
  return (await found.executeTakeFirstOrThrow()).id;
}
