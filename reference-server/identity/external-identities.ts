import type { ServerContext } from '../context.ts';
import type { UserTable } from '../db/schema.ts';
import type { AuditEvent, Reader, Tx } from '../db/write.ts';
import { ApiError } from '../http/api-error.ts';
import { acceptOpenInvitations } from './accepted-invitations.ts';
import { deniedError, denialOf } from './accounts.ts';
import { isAllowed } from './allow-list.ts';
import { newId } from './ids.ts';
import { createPersonalOrganization } from './organizations.ts';
import { slugOf, slugsToTry } from './slugs.ts';
import { findUserByEmail, getUser, membershipsOf } from './users.ts';

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
  audit: (event: AuditEvent) => void,
): Promise<FoundUser> {
  const known = await findUser(tx, identity);
  requireAllowed(context, known?.email ?? identity.email);
  if (known !== null) {
    await requireNotClosed(tx, known);
    await noteUse(tx, context.now(), identity);
    return { user: known, orgId: null };
  }
  const joined = await findUserByEmail(tx, identity.email);
  if (joined !== null) await requireNotClosed(tx, joined);
  const user = joined ?? (await makeUser(tx, context, identity, audit));
  await link(tx, context.now(), identity, user);
  const details = { provider: identity.provider };
  audit({ action: 'user.identity_added', outcome: 'success', target: user.username, details });
  if (joined !== null) return { user, orgId: null };
  // The newest one is what a new person has just read.
  const invited = (await acceptOpenInvitations(context, tx, audit, user)).at(-1);
  const memberships = invited === undefined ? [] : await membershipsOf(tx, user.id);
  return { user, orgId: memberships.find(({ slug }) => slug === invited?.org)?.orgId ?? null };
}

async function findUser(tx: Reader, { issuer, subject }: ExternalIdentity): Promise<UserTable | null> {
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

async function noteUse(tx: Tx, now: Date, { issuer, subject, email }: ExternalIdentity): Promise<void> {
  await tx
    .updateTable('external_identities')
    .set({ email, last_used_at: now.toISOString() })
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .execute();
}

async function link(
  tx: Tx,
  now: Date,
  { issuer, subject, provider, email }: ExternalIdentity,
  { id: user_id }: UserTable,
): Promise<void> {
  const at = now.toISOString();
  await tx
    .insertInto('external_identities')
    .values({ issuer, subject, provider, email, user_id, created_at: at, last_used_at: at })
    .execute();
}

async function makeUser(
  tx: Tx,
  { config, now }: Pick<ServerContext, 'config' | 'now'>,
  { email, name, provider }: ExternalIdentity,
  audit: (event: AuditEvent) => void,
): Promise<UserTable> {
  const { approval, operators } = config.kisenon;
  const username = await freeUsername(tx, email);
  // Somebody has to be there to approve the others.
  const status = approval === 'required' && !operators.includes(email) ? 'pending' : 'active';
  const user: UserTable = {
    id: newId('u'),
    username,
    email,
    display_name: name ?? username,
    status,
    role: 'user',
    password_hash: null,
    created_at: now().toISOString(),
  };
  await tx.insertInto('principals').values({ id: user.id, kind: 'user' }).execute();
  await tx.insertInto('users').values(user).execute();
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
  const names = slugsToTry(slugOf(email.slice(0, email.lastIndexOf('@'))) ?? 'user');
  const taken = await tx.selectFrom('users').select('username').where('username', 'in', names).execute();
  const free = names.find((name) => !taken.some(({ username }) => username === name));
  if (free === undefined) throw new Error('A user name of 80 random bits is taken.');
  return free;
}
