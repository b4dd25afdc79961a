import { createHash, randomBytes } from 'node:crypto';
import type { DemoUser } from '../../contracts/server-api/start-line.ts';
import { hashPassword } from '../auth/passwords.ts';
import type { ServerContext } from '../context.ts';
import type { Tx } from '../db/write.ts';
import { base32 } from '../identity/ids.ts';
import type { IdPrefix } from '../identity/ids.ts';
import { membershipsOf } from '../identity/users.ts';

const people = [
  { username: 'maya', email: 'maya@acme.example', displayName: 'Maya Chen', role: 'owner' },
  { username: 'jonas', email: 'jonas@acme.example', displayName: 'Jonas Weber', role: 'member' },
  { username: 'priya', email: 'priya@northwind.example', displayName: 'Priya Nair', role: null },
] as const;

const repositories = [
  { fullName: 'acme/web', isPublic: false },
  { fullName: 'acme/api', isPublic: false },
  { fullName: 'acme/base', isPublic: true },
] as const;

/**
 * Loads the demo organization: acme with its owner maya, its member jonas (reader of acme/web) and the outsider
 * priya. Ids are always the same; every start gives the demo users new passwords.
 *
 * @returns The demo users with their passwords, which are kept nowhere else.
 */
export async function seedDemo(context: ServerContext): Promise<DemoUser[]> {
  const passwords = new Map<string, string>();
  const hashes = new Map<string, string>();
  for (const { username } of people) {
    const password = newPassword();
    passwords.set(username, password);
    hashes.set(username, await hashPassword(password));
  }
  await context.write({}, async (tx, audit) => {
    const loaded = await tx
      .selectFrom('users')
      .select('id')
      .where('id', '=', demoId('u', 'maya'))
      .executeTakeFirst();
    if (loaded === undefined) await insertDemo(context, tx);
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
  const orgId = demoId('o', 'acme');
  await tx
    .insertInto('organizations')
    .values({ id: orgId, slug: 'acme', display_name: 'Acme', kind: 'team', created_at: createdAt })
    .execute();
  for (const { username, email, displayName, role } of people) {
    const id = demoId('u', username);
    await tx.insertInto('principals').values({ id, kind: 'user' }).execute();
    await tx
      .insertInto('users')
      .values({
        id,
        username,
        email,
        display_name: displayName,
        status: 'active',
        role: 'user',
        password_hash: null,
        created_at: createdAt,
      })
      .execute();
    if (role === null) continue;
    await tx
      .insertInto('memberships')
      .values({ org_id: orgId, user_id: id, role, created_at: createdAt })
      .execute();
  }
  await insertRepositories(tx, orgId, createdAt);
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

/** The same id at every start, so that pictures and documents can show it. */
function demoId(prefix: IdPrefix, name: string): string {
  const digest = createHash('sha256').update(`keyhold demo ${prefix} ${name}`).digest();
  return `${prefix}_${base32(digest.subarray(0, 16))}`;
}

/** Four groups of four base32 characters: 80 bits, and it can still be typed. */
function newPassword(): string {
  return base32(randomBytes(10)).replace(/(.{4})(?=.)/g, '$1-');
}
