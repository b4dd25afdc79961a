import type { ServerContext } from '../context.ts';
import { stillCounts } from '../db/secret-columns.ts';
import type { Reader, Tx } from '../db/write.ts';
import { ApiError } from '../http/api-error.ts';

type SecretTable = 'api_keys' | 'api_tokens';

/** Whose API keys, in which organization, or whose API tokens. */
interface Holder {
  user_id: string;
  org_id?: string;
}

/** How many API keys or tokens that count somebody has. */
export async function countLiving(db: Reader, table: SecretTable, of: Holder, now: Date): Promise<number> {
  const { count } = await db
    .selectFrom(table)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where((where) => where.and({ ...of }))
    .where(stillCounts(now))
    .executeTakeFirstOrThrow();
  return count;
}

/** How many of those that ended are remembered, to say why: the last ones. */
export const maxEnded = 500;

/** Forgets what ended before the last ones. */
export async function forgetEnded(
  context: ServerContext,
  tx: Tx,
  table: SecretTable,
  of: Holder,
): Promise<void> {
  const old = await tx
    .selectFrom(table)
    .select('id')
    .where((where) => where.and({ ...of }))
    .where((where) => where.not(stillCounts(context.now())))
    .orderBy(({ fn }) => fn.coalesce('revoked_at', 'expires_at'), 'desc')
    .orderBy('id')
    .offset(maxEnded)
    .limit(maxEnded)
    .execute();
  for (const { id } of old) await tx.deleteFrom(table).where('id', '=', id).execute();
}

/** @param latest - No end may be later than this one; null for no such limit. @throws ApiError 400 */
export function checkedEnd(end: string | null, latest: string | null, now: Date): string | null {
  if (end === null) return null;
  // In one form, as ends are compared as text.
  const text = new Date(end).toISOString();
  if (text <= now.toISOString()) throw wrongEnd('Must be in the future');
  if (latest !== null && text > latest) {
    throw wrongEnd(`Must be no later than the end of the key that makes it, ${latest}`);
  }
  return text;
}

function wrongEnd(message: string): ApiError {
  return new ApiError('invalid_request', `The request is refused: expires_at: ${message}.`, {
    details: { issues: [{ path: 'expires_at', message }] },
  });
}
