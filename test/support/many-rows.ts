import type { Tx } from '../../reference-server/db/write.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import { fillOrganization } from '../../reference-server/seed/large.ts';
import { newAccount } from '../../reference-server/identity/users.ts';

const at = '2026-01-01T00:00:00.000Z';

/** Fills acme with so many of everything, lets its owner belong to so many organizations, and so many accounts wait. */
export async function fillEverything(
  tx: Tx,
  { orgId, ownerId }: { orgId: string; ownerId: string },
  count: number,
): Promise<void> {
  const order = { orgId, slug: 'acme', ownerId, now: new Date() };
  await fillOrganization(tx, {
    ...order,
    ...{ members: count, invitations: count, projects: count, branches: count },
    ...{ apiKeys: count, bots: count, repositories: count },
  });
  for (let index = 0; index < count; index += 1) {
    const [id, org_id] = [newId('u'), newId('o')];
    const username = `waits-${String(index)}`;
    const slug = `many-${String(index)}`;
    await tx.insertInto('principals').values({ id, kind: 'user' }).execute();
    await tx
      .insertInto('users')
      .values({
        ...{ id, username, email: `${username}@acme.example`, display_name: username, created_at: at },
        ...{ status: 'pending', role: 'user', ...newAccount },
      })
      .execute();
    await tx
      .insertInto('organizations')
      .values({ id: org_id, slug, display_name: slug, kind: 'team', created_at: at })
      .execute();
    const member = { org_id, user_id: ownerId, role: 'viewer', created_at: at } as const;
    await tx.insertInto('memberships').values(member).execute();
  }
}
