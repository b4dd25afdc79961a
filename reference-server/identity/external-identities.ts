import { usernameSchema } from '../../contracts/server-api/artifact-keeper/users.ts';
import type { ServerContext } from '../context.ts';
import type { UserTable } from '../db/schema.ts';
import type { Audit, Reader, Tx } from '../db/write.ts';
import { ApiError } from '../http/api-error.ts';
import { acceptOpenInvitations } from './accepted-invitations.ts';
import { deniedError, denialOf } from './accounts.ts';
import { isAllowed } from './allow-list.ts';
import { newId } from './ids.ts';
import { createPersonalOrganization } from './organizations.ts';
import { isReservedSlug, slugOf, slugsToTry } from './slugs.ts';
import { findUserByEmail, getUser, insertUser, membershipsOf, newAccount } from './users.ts';

/** Who somebody is elsewhere, as a provider has said and signed. */
export interface ExternalIdentity {
  issuer: string;
  subject: string;
  /** Id of the provider in the configuration. */
  provider: string;
  /** Verified by the provider, in lower case. */
  email: string;
  /** What to call the person; null where the provider says nothing that can be shown. */
  name: string | null;
}

/** Who somebody is here, and the organization to begin in: the one that a new user was invited to last, else null. */
interface FoundUser {
  user: UserTable;
  isNew: boolean;
  orgId: string | null;
}

/**
 * The user of an identity: whom it belongs to, or else the user of its verified e-mail address, or else a new one, with a
 * personal organization and the memberships that they were invited to. A new user waits for an operator where the
 * configuration says so.
 *
 * @throws ApiError 403 `email_not_allowed` where the address may not sign in, or the account was closed.
 */
export async function userOfIdentity(
  tx: Tx,
  context: Pick<ServerContext, 'config' | 'now'>,
  identity: ExternalIdentity,
  audit: Audit,
): Promise<FoundUser> {
  const known = await findUser(tx, identity);
  requireAllowed(context, known?.email ?? identity.email);
  if (known !== null) {
    await requireNotClosed(tx, known);
    await noteUse(tx, context.now(), identity);
    return { user: known, isNew: false, orgId: null };
  }
  const joined = await findUserByEmail(tx, identity.email);
  if (joined !== null) await requireNotClosed(tx, joined);
  const user =
    joined ?? (await makeUser(tx, context, await freeUsername(tx, identity.email), identity, audit));
  await link(tx, context.now(), identity, user, audit);
  if (joined !== null) return { user, isNew: false, orgId: null };
  // The newest one is what a new person has just read.
  const invited = (await acceptOpenInvitations(context, tx, audit, user)).at(-1);
  const memberships = invited === undefined ? [] : await membershipsOf(tx, user.id);
  const orgId = memberships.find(({ slug }) => slug === invited?.org)?.orgId ?? null;
  return { user, isNew: true, orgId };
}

/** Who somebody is elsewhere, where e-mail addresses say nothing of accounts here. */
interface SubjectIdentity extends Omit<ExternalIdentity, 'email'> {
  /** Verified by the provider, in lower case; null for none. */
  email: string | null;
  /** What they sign in with there; null where the provider does not say. */
  username: string | null;
}

/**
 * The user of an identity by its issuer and subject alone, or else a new one: an account that was there before is nobody's
 * whom a provider gives its name or address. Without a verified address the new one gets one that reaches nobody.
 *
 * @throws ApiError 403 `email_not_allowed` as above, 409 where another account has the name or address.
 */
export async function userOfSubject(
  tx: Tx,
  context: Pick<ServerContext, 'config' | 'now'>,
  { username: said, email: verified, ...rest }: SubjectIdentity,
  audit: Audit,
): Promise<FoundUser> {
  const known = await findUser(tx, rest);
  const username = known?.username ?? (await usernameOf(tx, said, verified));
  const email = verified ?? known?.email ?? `${username}@${rest.provider}.invalid`;
  requireAllowed(context, known?.email ?? email);
  if (known !== null) await requireNotClosed(tx, known);
  const user = await userNamed(tx, context, username, { ...rest, email }, audit);
  if (user !== null) return { user, isNew: known === null, orgId: null };
  throw new ApiError(
    'conflict',
    `Another account of this server has the name ${username} or the address ${email}. Ask whoever runs this server.`,
  );
}

/** What a new user is called: as they sign in there, where that is a user name here; else something that is free. */
async function usernameOf(tx: Reader, said: string | null, email: string | null): Promise<string> {
  const exact = usernameSchema.safeParse(said);
  return exact.success ? exact.data : freeUsername(tx, said ?? email ?? 'user');
}

/**
 * The user of an identity, or else a new one of this user name; null where another account has the name or address, or the
 * name is the server's own.
 */
export async function userNamed(
  tx: Tx,
  context: Pick<ServerContext, 'config' | 'now'>,
  username: string,
  identity: ExternalIdentity,
  audit: Audit,
): Promise<UserTable | null> {
  const known = await findUser(tx, identity);
  if (known !== null) {
    await noteUse(tx, context.now(), identity);
    return known;
  }
  if (await isTaken(tx, username, identity.email)) return null;
  const user = await makeUser(tx, context, username, identity, audit);
  await link(tx, context.now(), identity, user, audit);
  return user;
}

async function isTaken(tx: Reader, username: string, email: string): Promise<boolean> {
  if (isReservedSlug(username)) return true;
  const row = await tx
    .selectFrom('users')
    .select('id')
    .where((where) => where.or([where('username', '=', username), where('email', '=', email)]))
    .executeTakeFirst();
  return row !== undefined;
}

/** The user whom an identity belongs to, or null. */
async function findUser(
  tx: Reader,
  { issuer, subject }: Pick<ExternalIdentity, 'issuer' | 'subject'>,
): Promise<UserTable | null> {
  const row = await tx
    .selectFrom('external_identities')
    .select('user_id')
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst();
  return row === undefined ? null : getUser(tx, row.user_id);
}

function requireAllowed({ config }: Pick<ServerContext, 'config'>, email: string): void {
  if (isAllowed(config.kisenon.allowlist, email)) return;
  throw new ApiError(
    'email_not_allowed',
    `${email} is not on the list of addresses that may sign in here. Ask whoever runs this server, or sign in with another account.`,
  );
}

/** @throws ApiError 403 with what the operator wrote */
async function requireNotClosed(tx: Reader, { id, email, status }: UserTable): Promise<void> {
  if (status !== 'disabled') return;
  const denial = await denialOf(tx, id);
  if (denial !== null) throw deniedError(denial);
  throw new ApiError('email_not_allowed', `The account of ${email} is closed. Ask whoever runs this server.`);
}

/** Notes that somebody has signed in by an identity. */
async function noteUse(tx: Tx, now: Date, { issuer, subject, email }: ExternalIdentity): Promise<void> {
  await tx
    .updateTable('external_identities')
    .set({ email, last_used_at: now.toISOString() })
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .execute();
}

/** Has an identity belong to a user. */
async function link(
  tx: Tx,
  now: Date,
  { issuer, subject, provider, email }: ExternalIdentity,
  { id: user_id, username: target }: UserTable,
  audit: Audit,
): Promise<void> {
  const at = now.toISOString();
  await tx
    .insertInto('external_identities')
    .values({ issuer, subject, provider, email, user_id, created_at: at, last_used_at: at, left_at: null })
    .execute();
  audit({ action: 'user.identity_added', outcome: 'success', target, details: { provider } });
}

/** Makes the user of an identity, who waits for an operator where the configuration says so. */
async function makeUser(
  tx: Tx,
  { config, now }: Pick<ServerContext, 'config' | 'now'>,
  username: string,
  { email, name, provider }: ExternalIdentity,
  audit: Audit,
): Promise<UserTable> {
  const { approval, operators } = config.kisenon;
  // Somebody has to be there to approve the others.
  const status = approval === 'required' && !operators.includes(email) ? 'pending' : 'active';
  const user: UserTable = {
    id: newId('u'),
    username,
    email,
    display_name: name ?? username,
    status,
    role: 'user',
    ...newAccount,
    created_at: now().toISOString(),
  };
  await insertUser(tx, user);
  audit({
    action: 'user.created',
    outcome: 'success',
    target: username,
    details: { provider, email, status },
  });
  await createPersonalOrganization(tx, user, now());
  return user;
}

/** A user name of what stands before the @: its letters and digits, with something behind it where that is taken. */
async function freeUsername(tx: Reader, email: string): Promise<string> {
  const names = slugsToTry(slugOf(email.replace(/@[^@]*$/, '')) ?? 'user');
  const taken = await tx.selectFrom('users').select('username').where('username', 'in', names).execute();
  const free = names.find((name) => !taken.some(({ username }) => username === name));
  if (free === undefined) throw new Error('A user name of 80 random bits is taken.');
  return free;
}
