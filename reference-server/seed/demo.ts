import { invitationSeconds } from '../../contracts/server-api/kisenon/invitations.ts';
import type { OrgRole } from '../../contracts/server-api/primitives.ts';
import type { DemoUser } from '../../contracts/server-api/start-line.ts';
import { generatePassword, hashPassword } from '../auth/passwords.ts';
import type { ServerContext } from '../context.ts';
import type { Tx } from '../db/write.ts';
import { newInvitationToken } from '../identity/invitation-tokens.ts';
import { insertUser, membershipsOf, newAccount } from '../identity/users.ts';
import { demoId } from './demo-ids.ts';
import { fillOrganization, largeCounts } from './large.ts';

const people = [
  { username: 'maya', email: 'maya@acme.example', displayName: 'Maya Chen', role: 'owner' },
  { username: 'jonas', email: 'jonas@acme.example', displayName: 'Jonas Weber', role: 'member' },
  { username: 'priya', email: 'priya@northwind.example', displayName: 'Priya Nair', role: null },
] as const;

const northwind = { slug: 'northwind', name: 'Northwind', owner: 'priya', member: 'maya' } as const;

/** Whom maya has invited to acme. */
const invited = 'lena@acme.example';

const repositories = [
  { fullName: 'acme/web', isPublic: false },
  { fullName: 'acme/api', isPublic: false },
  { fullName: 'acme/base', isPublic: true },
] as const;

/**
 * Loads the demo organizations: acme with its owner maya, its member jonas (reader of acme/web) and an open invitation;
 * northwind, which priya owns and maya is a member of; and a personal one of each. Ids are always the same; every start
 * gives the demo users new passwords.
 *
 * @param size - `large`: with a further organization, initech, which maya owns and which has hundreds of everything.
 * @param hashed - What is kept of a password.
 * @returns The demo users with their passwords, which are kept nowhere else.
 */
export async function seedDemo(
  context: ServerContext,
  size: 'demo' | 'large' = 'demo',
  hashed: (password: string) => Promise<string> = hashPassword,
): Promise<DemoUser[]> {
  const passwords = new Map<string, string>();
  const hashes = new Map<string, string>();
  for (const { username } of people) {
    const password = generatePassword();
    passwords.set(username, password);
    hashes.set(username, await hashed(password));
  }
  await context.write({}, async (tx, audit) => {
    const loaded = await tx
      .selectFrom('users')
      .select('id')
      .where('id', '=', demoId('u', 'maya'))
      .executeTakeFirst();
    if (loaded === undefined) await insertDemo(context, tx);
    if (size === 'large') await insertLarge(context, tx);
    for (const [username, hash] of hashes) {
      await tx
        .updateTable('users')
        .set({ password_hash: hash })
        .where('id', '=', demoId('u', username))
        .execute();
    }
    audit({ action: 'server.demo_seeded', outcome: 'success' });
  });
  return Promise.all(
    people.map(async ({ username, email }) => {
      const id = demoId('u', username);
      const orgs = await membershipsOf(context.db, id);
      const password = passwords.get(username) ?? '';
      return { id, username, email, password, orgs: orgs.map(({ slug, role }) => ({ slug, role })) };
    }),
  );
}

async function insertDemo(context: ServerContext, tx: Tx): Promise<void> {
  const createdAt = context.now().toISOString();
  const orgId = await insertOrganization(tx, { slug: 'acme', name: 'Acme', kind: 'team' }, createdAt);
  for (const { username, email, displayName, role } of people) {
    const id = demoId('u', username);
    await insertUser(tx, {
      ...newAccount,
      ...{ id, username, email, display_name: displayName, created_at: createdAt },
      ...{ status: 'active', role: 'user' },
    });
    const own = { slug: username, name: displayName, kind: 'personal' } as const;
    await insertMember(tx, await insertOrganization(tx, own, createdAt), username, 'owner', createdAt);
    if (role !== null) await insertMember(tx, orgId, username, role, createdAt);
  }
  await insertRepositories(tx, orgId, createdAt);
  await insertInvitation(tx, orgId, context.now());
  const { slug, name, owner, member } = northwind;
  const otherId = await insertOrganization(tx, { slug, name, kind: 'team' }, createdAt);
  await insertMember(tx, otherId, owner, 'owner', createdAt);
  await insertMember(tx, otherId, member, 'member', createdAt);
}

/** Where it is not there yet. */
async function insertLarge(context: ServerContext, tx: Tx): Promise<void> {
  const slug = 'initech';
  const ownerId = demoId('u', 'maya');
  const known = tx.selectFrom('organizations').select('id').where('id', '=', demoId('o', slug));
  if ((await known.executeTakeFirst()) !== undefined) return;
  const now = context.now();
  const orgId = await insertOrganization(tx, { slug, name: 'Initech', kind: 'team' }, now.toISOString());
  await insertMember(tx, orgId, 'maya', 'owner', now.toISOString());
  await fillOrganization(tx, { orgId, slug, ownerId, now, ...largeCounts });
}

/** @returns its id */
async function insertOrganization(
  tx: Tx,
  { slug, name, kind }: { slug: string; name: string; kind: 'personal' | 'team' },
  created_at: string,
): Promise<string> {
  const id = demoId('o', slug);
  await tx.insertInto('organizations').values({ id, slug, display_name: name, kind, created_at }).execute();
  return id;
}

async function insertMember(
  tx: Tx,
  org_id: string,
  username: string,
  role: OrgRole,
  created_at: string,
): Promise<void> {
  const user_id = demoId('u', username);
  await tx.insertInto('memberships').values({ org_id, user_id, role, created_at }).execute();
}

/** Nobody has its link: it can be sent again, or revoked. */
async function insertInvitation(tx: Tx, org_id: string, now: Date): Promise<void> {
  await tx
    .insertInto('invitations')
    .values({
      id: demoId('inv', invited),
      org_id,
      email: invited,
      role: 'member',
      token_hash: newInvitationToken().hash,
      invited_by: demoId('u', 'maya'),
      created_at: now.toISOString(),
      expires_at: new Date(now.getTime() + invitationSeconds * 1000).toISOString(),
      ended_at: null,
      ended_as: null,
    })
    .execute();
}

async function insertRepositories(tx: Tx, orgId: string, createdAt: string): Promise<void> {
  for (const { fullName, isPublic } of repositories) {
    await tx
      .insertInto('repositories')
      .values({
        id: demoId('r', fullName),
        org_id: orgId,
        full_name: fullName,
        public: isPublic ? 1 : 0,
        created_at: createdAt,
      })
      .execute();
  }
  await tx
    .insertInto('grants')
    .values({
      id: demoId('g', 'jonas reads acme/web'),
      repository_id: demoId('r', 'acme/web'),
      principal_id: demoId('u', 'jonas'),
      actions: 'read',
      effect: 'allow',
      batch: null,
      created_by: demoId('u', 'maya'),
      created_at: createdAt,
      expires_at: null,
    })
    .execute();
}
