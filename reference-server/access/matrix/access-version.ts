import { randomBytes } from 'node:crypto';
import type { ServerContext } from '../../context.ts';

/** Looks at most at what is written again and again. */
const attempts = 4;

/**
 * Reads several things of the database as they were at one time, with the version of that time: how often anything was
 * written, and the last end of a grant that has come. Two answers with the same version agree.
 *
 * @param read - Asks the database, as often as something is written meanwhile. Where that does not stop, the answer may
 *   have what came later than its version, which then no other answer has.
 */
export async function readVersioned<Value>(
  context: ServerContext,
  read: (now: Date) => Promise<Value>,
): Promise<{ value: Value; version: string }> {
  for (let attempt = 1; ; attempt += 1) {
    const now = context.now();
    const before = await accessVersion(context, now);
    const value = await read(now);
    if ((await countChanges(context)) === countOfVersion(before)) return { value, version: before };
    if (attempt === attempts) return { value, version: `${before}.${randomBytes(8).toString('hex')}` };
  }
}

/** The version of what the database says at this time. */
export async function accessVersion(context: Pick<ServerContext, 'db'>, now: Date): Promise<string> {
  const count = await countChanges(context);
  const ended = await context.db
    .selectFrom('grants')
    .select(({ fn }) => fn.max('expires_at').as('end'))
    .where('expires_at', '<=', now.toISOString())
    .executeTakeFirst();
  const end = ended?.end ?? null;
  return end === null ? count.toString() : `${count.toString()}.${Date.parse(end).toString(36)}`;
}

/** How often anything had been written at a version; null for what is no version of ours. */
export function countOfVersion(version: string): number | null {
  const [digits = ''] = version.split('.');
  return /^\d{1,15}$/.test(digits) ? Number(digits) : null;
}

/** How often anything was written: in a `write`, with it. */
export async function countChanges({ db }: Pick<ServerContext, 'db'>): Promise<number> {
  const { count } = await db.selectFrom('changes').select('count').executeTakeFirstOrThrow();
  return count;
}
