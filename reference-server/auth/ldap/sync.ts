import type { LdapSyncCounts } from '../../../contracts/server-api/artifact-keeper/ldap.ts';
import type { Directory, DirectorySnapshot, ServerContext } from '../../context.ts';
import type { Audit, Reader, Tx } from '../../db/write.ts';
import { chunksOf, deleteUnusedGroups, followGroups } from '../../identity/external-groups.ts';
import { revokeCredentialsOf } from '../../identity/revoked-credentials.ts';
import { endSessionsOf } from '../sessions.ts';
import { directorySource } from './sign-in.ts';

/**
 * Reads a directory and has the accounts of its people follow: who left is disabled, and what they signed in with ends
 * for good; who is back is enabled again, if it was this that disabled them; everybody is in the groups that they are in
 * there. All of it happens in one change, or nothing. Who signs in while it goes on is left to the next sync.
 *
 * @throws DirectoryProblem when the directory does not answer everything; then nothing was changed.
 */
export async function syncDirectory(
  context: ServerContext,
  directory: Directory,
  signal: AbortSignal,
): Promise<LdapSyncCounts> {
  const before = await accountsOf(context.db, directory);
  const lastUses = new Map(before.map(({ subject, last_used_at: lastUse }) => [subject, lastUse]));
  const snapshot = await directory.snapshot([...lastUses.keys()], signal);
  return context.write({}, async (tx, audit) => {
    // Of who signed in meanwhile, the directory has said something newer since, or was not asked at all.
    const accounts = (await accountsOf(tx, directory)).filter(
      ({ subject, last_used_at: lastUse }) => lastUses.get(subject) === lastUse,
    );
    return follow(context, tx, { accounts, snapshot, audit });
  });
}

type Account = Awaited<ReturnType<typeof accountsOf>>[number];

async function accountsOf(db: Reader, { issuer }: Directory) {
  return db
    .selectFrom('external_identities')
    .innerJoin('users', 'users.id', 'external_identities.user_id')
    .select(['issuer', 'subject', 'last_used_at', 'left_at'])
    .select(['users.id', 'users.username', 'users.status', 'users.role'])
    .where('issuer', '=', issuer)
    .orderBy('users.created_at')
    .execute();
}

async function follow(
  context: ServerContext,
  tx: Tx,
  { accounts, snapshot, audit }: { accounts: Account[]; snapshot: DirectorySnapshot; audit: Audit },
): Promise<LdapSyncCounts> {
  const { members, people } = snapshot;
  const leaving = accounts.filter(({ subject, status }) => !members.has(subject) && status === 'active');
  const kept = await lastAdministrators(tx, leaving);
  const disabled = leaving.filter((account) => !kept.includes(account));
  const enabled = accounts.filter(
    ({ subject, status, left_at: leftAt }) =>
      members.has(subject) && status === 'disabled' && leftAt !== null,
  );
  await setStatus(tx, disabled, { status: 'disabled', leftAt: context.now().toISOString() });
  for (const { id, username: target } of disabled) {
    await endSessionsOf(tx, id);
    const details = { source: directorySource, ...(await revokeCredentialsOf(context, tx, id)) };
    audit({ action: 'user.disabled', outcome: 'success', target, details });
  }
  await setStatus(tx, enabled, { status: 'active', leftAt: null });
  for (const { username: target } of kept) {
    const details = { source: directorySource, why: 'no other administrator' };
    audit({ action: 'user.disabled', outcome: 'failure', target, details });
  }
  for (const { username: target } of enabled) {
    audit({ action: 'user.enabled', outcome: 'success', target, details: { source: directorySource } });
  }
  const groups = new Map(accounts.map(({ id, subject }) => [id, members.get(subject) ?? []]));
  const { added, removed, refused } = await followGroups(tx, context.now(), directorySource, groups, audit);
  await deleteUnusedGroups(tx, directorySource, audit);
  return {
    ...{ people, accounts: accounts.length },
    ...{ disabled: disabled.length, enabled: enabled.length },
    administrators_kept: kept.slice(0, mostNames).map(({ username }) => username),
    ...{
      memberships_added: added,
      memberships_removed: removed,
      groups_refused: refused.slice(0, mostNames),
    },
  };
}

/** How many names of each kind the record of a sync has. */
const mostNames = 20;

/** The administrators among those who left, where no other is left: somebody has to be there to make one. */
async function lastAdministrators(tx: Reader, leaving: readonly Account[]): Promise<Account[]> {
  const administrators = leaving.filter(({ role }) => role === 'admin');
  if (administrators.length === 0) return [];
  const active = await tx
    .selectFrom('users')
    .select('id')
    .where('role', '=', 'admin')
    .where('status', '=', 'active')
    .limit(administrators.length + 1)
    .execute();
  return active.length > administrators.length ? [] : administrators;
}

async function setStatus(
  tx: Tx,
  accounts: readonly Account[],
  { status, leftAt }: { status: 'active' | 'disabled'; leftAt: string | null },
): Promise<void> {
  for (const part of chunksOf(accounts)) {
    const ids = part.map(({ id }) => id);
    const subjects = part.map(({ subject }) => subject);
    await tx.updateTable('users').set({ status }).where('id', 'in', ids).execute();
    const identities = tx.updateTable('external_identities').set({ left_at: leftAt });
    await identities
      .where('issuer', '=', part[0]?.issuer ?? '')
      .where('subject', 'in', subjects)
      .execute();
  }
}
