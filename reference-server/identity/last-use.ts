import type { ServerContext } from '../context.ts';

/** How exact the last use is, in milliseconds: not every request writes to the database. */
const lastUsedStep = 60_000;

/** What was used, as the database has it. */
export interface UsedCredential {
  table: 'api_keys' | 'api_tokens' | 'public_keys';
  /** Of a public key its kid. */
  id: string;
  last_used_at: string | null;
}

/** Notes that a key or token was used now; of API keys and tokens also from where and by what program. */
export async function noteUse(
  context: ServerContext,
  { table, id, last_used_at }: UsedCredential,
  { ip, program }: { ip: string; program: string | null },
): Promise<void> {
  const now = context.now();
  if (last_used_at !== null && now.getTime() - Date.parse(last_used_at) < lastUsedStep) return;
  const when = { last_used_at: now.toISOString() };
  await context.write({}, (tx) =>
    table === 'public_keys'
      ? tx.updateTable(table).set(when).where('kid', '=', id).execute()
      : tx
          .updateTable(table)
          .set({ ...when, last_used_address: ip, last_used_program: program })
          .where('id', '=', id)
          .execute(),
  );
}
