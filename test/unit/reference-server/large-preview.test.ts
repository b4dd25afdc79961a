import { expect, it } from 'vitest';
import { previewBatch } from '../../../reference-server/access/batches/preview.ts';
import type { Caller } from '../../../reference-server/auth/caller.ts';
import { newId } from '../../../reference-server/identity/ids.ts';
import { newAccount } from '../../../reference-server/identity/users.ts';
import { AccessTeam } from '../../support/access-team.ts';
import { newTestContext } from '../../support/server-context.ts';
import type { TestContext } from '../../support/server-context.ts';

const members = 3000;
const names = Array.from({ length: 12 }, (_, at) => `r${String(at)}`);

/** An organization with one large group, and an administrator of the server. */
async function newWorld(context: TestContext): Promise<{ group: string; last: string; caller: Caller }> {
  const created_at = context.now().toISOString();
  const org = { id: newId('o'), slug: 'acme' };
  const ids = Array.from({ length: members + 1 }, () => newId('u'));
  const [administrator = '', ...people] = ids;
  await context.write({}, async (tx) => {
    const team = { ...org, display_name: 'Acme', kind: 'team' as const, created_at };
    await tx.insertInto('organizations').values(team).execute();
    await tx
      .insertInto('principals')
      .values(ids.map((id) => ({ id, kind: 'user' as const })))
      .execute();
    for (let at = 0; at < ids.length; at += 1000) {
      const users = ids.slice(at, at + 1000).map((id) => ({
        ...{ ...newAccount, id, username: id, email: `${id}@people.example`, display_name: id, created_at },
        ...{ status: 'active' as const, role: id === administrator ? ('admin' as const) : ('user' as const) },
      }));
      await tx.insertInto('users').values(users).execute();
    }
  });
  const access = new AccessTeam(context, org);
  const group = await access.group('everybody');
  await context.write({}, (tx) =>
    tx
      .insertInto('group_members')
      .values(people.map((user_id) => ({ group_id: group, user_id, created_at })))
      .execute(),
  );
  await access.repositories(...names);
  const credential = { method: 'session', id: '', limits: null, ends: null } as const;
  const principal = { kind: 'user', id: administrator, name: 'root' } as const;
  const standing = { approved: true, mustChangePassword: false, organization: null };
  return { group, last: people.toSorted().at(-1) ?? '', caller: { principal, credential, ...standing } };
}

it('a preview about many lets others have their turn, and counts what it does not tell', async () => {
  const context = await newTestContext();
  const { group, last, caller } = await newWorld(context);
  let turns = 0;
  let isDone = false;
  const next = () => {
    turns += 1;
    if (!isDone) setImmediate(next);
  };
  setImmediate(next);
  const changes = names.map((name) => ({
    ...{ principal: `group:${group}`, repository: `acme/${name}`, actions: ['read' as const] },
  }));
  const preview = await previewBatch(context, caller, { org: 'acme', changes });
  isDone = true;
  expect(preview.total).toEqual({ gains: (members + 1) * names.length, loses: 0 });
  expect(preview.gains).toHaveLength(1000);
  // What members of a large group get hides nothing that is given to somebody alone.
  const own = { principal: `user:${last}`, repository: 'acme/r7', actions: ['admin' as const] };
  const { gains } = await previewBatch(context, caller, { org: 'acme', changes: [...changes, own] });
  expect(gains).toHaveLength(1000);
  const told = gains.find(({ actions }) => actions.includes('admin'));
  expect(told).toMatchObject({ principal: { reference: own.principal }, repository: own.repository });
  // Whoever only waits for the database in memory gives nobody a turn.
  expect(turns).toBeGreaterThan(8);
  await context.db.destroy();
});
