import { printable } from '../../contracts/domain/printable.ts';
import type { PageQuery } from '../../contracts/server-api/pages.ts';
import type { PendingAccount } from '../../contracts/server-api/kisenon/session.ts';
import { allProviders } from '../config/provider.ts';
import type { ServerContext } from '../context.ts';
import { contains } from '../db/contains.ts';
import type { UserTable } from '../db/schema.ts';
import type { Reader } from '../db/write.ts';
import { ApiError } from '../http/api-error.ts';
import { toUser } from './users.ts';

/** What an operator wrote when they denied an account; null where nobody denied it. */
export async function denialOf(db: Reader, userId: string): Promise<{ note: string } | null> {
  return findDecision(db, userId, 'denied');
}

/** The same for an account that an operator approved. */
export async function approvalOf(db: Reader, userId: string): Promise<{ note: string } | null> {
  return findDecision(db, userId, 'approved');
}

async function findDecision(
  db: Reader,
  userId: string,
  decision: 'approved' | 'denied',
): Promise<{ note: string } | null> {
  const row = await db
    .selectFrom('account_decisions')
    .select('note')
    .where('user_id', '=', userId)
    .where('decision', '=', decision)
    .executeTakeFirst();
  return row === undefined ? null : { note: printable(row.note, 500) };
}

/** What was decided about accounts, and can be undone: the last `limit` decisions, the newest first. */
export async function listDecisions(db: Reader, limit: number) {
  return db
    .selectFrom('account_decisions')
    .innerJoin('users', 'users.id', 'account_decisions.user_id')
    .leftJoin('users as operators', 'operators.id', 'account_decisions.decided_by')
    .select(['users.id', 'users.username', 'users.email', 'users.display_name'])
    .select(['decision', 'decided_at', 'operators.username as operator'])
    .where((where) =>
      where.or([
        where.and([where('decision', '=', 'approved'), where('users.status', '=', 'active')]),
        where.and([where('decision', '=', 'denied'), where('users.status', '=', 'disabled')]),
      ]),
    )
    .orderBy('decided_at', 'desc')
    .orderBy('users.id')
    .limit(limit)
    .execute();
}

/** Why a denied account cannot sign in, for whoever has proven that it is theirs. */
export function deniedError({ note }: { note: string }): ApiError {
  return new ApiError(
    'email_not_allowed',
    `An operator of this server did not approve this account.${note === '' ? '' : ` They wrote: “${note}”`}`,
  );
}

const searchedColumns = ['username', 'email', 'display_name'] as const;

/**
 * One page of the accounts that wait for an operator, the oldest first.
 *
 * @param page - `search` is a part of a user name, an address or a name, in any letter case.
 */
export async function listPending(
  { db, config }: Pick<ServerContext, 'db' | 'config'>,
  { limit, after, search = '' }: PageQuery & { search?: string },
): Promise<{ accounts: PendingAccount[]; next?: string }> {
  const rows = await db
    .selectFrom('users')
    .selectAll()
    .where('status', '=', 'pending')
    .where((where) => where.or(searchedColumns.map((column) => contains(column, search))))
    .where((where) => {
      if (after === '') return where.and([]);
      // The last one of the page before may have been decided about meanwhile; it is still there.
      const last = where.selectFrom('users as last').select('last.created_at').where('last.id', '=', after);
      const sameMoment = where.and([where('created_at', '=', last), where('id', '>', after)]);
      return where.or([where('created_at', '>', last), sameMoment]);
    })
    .orderBy('created_at')
    .orderBy('id')
    .limit(limit + 1)
    .execute();
  const shown = rows.slice(0, limit);
  const names = new Map(allProviders(config).map(({ id, name }) => [id, name]));
  const providers = await providersOf(db, shown);
  const accounts = shown.map((user) => ({
    user: toUser(user),
    created_at: user.created_at,
    providers: (providers.get(user.id) ?? []).map((id) => names.get(id) ?? id),
  }));
  const last = shown.at(-1);
  return rows.length > limit && last !== undefined ? { accounts, next: last.id } : { accounts };
}

async function providersOf(db: Reader, users: readonly UserTable[]): Promise<Map<string, string[]>> {
  if (users.length === 0) return new Map();
  const ids = users.map(({ id }) => id);
  const rows = await db
    .selectFrom('external_identities')
    .select(['user_id', 'provider'])
    .distinct()
    .where('user_id', 'in', ids)
    .orderBy('provider')
    .execute();
  const found = Map.groupBy(rows, ({ user_id: id }) => id);
  return new Map([...found].map(([id, all]) => [id, all.map(({ provider }) => provider)]));
}
