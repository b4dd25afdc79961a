import type { Directory, DirectoryPerson, ExternalGroup, ServerContext } from '../../context.ts';
import type { UserTable } from '../../db/schema.ts';
import type { Actor } from '../../db/write.ts';
import { followGroups } from '../../identity/external-groups.ts';
import { userNamed } from '../../identity/external-identities.ts';
import type { ExternalIdentity } from '../../identity/external-identities.ts';
import { DirectoryProblem } from './problems.ts';

/** Names the directory where people, groups and events say where they come from. */
export const directorySource = 'ldap';

/** What was typed, and the account that it means here. */
interface DirectoryAttempt {
  user: UserTable | null;
  username: string;
  password: string;
  ip: string;
}

/**
 * The user whom the directory knows by a user name and password, made at the first sign-in; null for a wrong password,
 * for nobody, and where the account of that name is not the directory's. Without a directory, null.
 *
 * @throws DirectoryProblem when the directory cannot be asked.
 */
export async function userInDirectory(
  context: ServerContext,
  { user, username, password, ip }: DirectoryAttempt,
): Promise<UserTable | null> {
  const { directory } = context;
  if (directory === null) return null;
  // For an account of this server the directory has no say; it is asked about nobody, so that none of this shows.
  if (user !== null && !(await isOf(context, directory, user))) return directory.pretend();
  const person = await directory.personOf(username, password);
  if (person === null) return null;
  const groups = await directory.groupsOf(person).catch((error: unknown) => {
    // Who is in which group can be read later; their password was right.
    if (error instanceof DirectoryProblem) return error;
    throw error;
  });
  return userOf(context, directory, { person, groups, ip });
}

async function isOf({ db }: ServerContext, { issuer }: Directory, { id }: UserTable): Promise<boolean> {
  const row = await db
    .selectFrom('external_identities')
    .select('subject')
    .where('user_id', '=', id)
    .where('issuer', '=', issuer)
    .executeTakeFirst();
  return row !== undefined;
}

async function userOf(
  context: ServerContext,
  { issuer }: Directory,
  {
    person,
    groups,
    ip,
  }: { person: DirectoryPerson; groups: ExternalGroup[] | DirectoryProblem | null; ip: string },
): Promise<UserTable | null> {
  const { subject, username, name } = person;
  // What a directory says of somebody's address is no proof: people may change it there by themselves.
  const email = `${username}@directory.invalid`;
  const identity: ExternalIdentity = { issuer, subject, provider: directorySource, email, name };
  const actor: Partial<Actor> = { ip };
  return context.write(actor, async (tx, audit) => {
    const user = await userNamed(tx, context, username, identity, audit);
    if (user === null) return null;
    Object.assign(actor, { id: user.id, name: user.username });
    if (groups instanceof DirectoryProblem) {
      const details = { directory: groups.message };
      audit({ action: 'group.unread', outcome: 'failure', target: user.username, details });
    } else if (groups !== null) {
      await followGroups(tx, context.now(), directorySource, new Map([[user.id, groups]]), audit);
    }
    return user;
  });
}
