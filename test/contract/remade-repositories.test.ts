import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchListSchema } from '../../contracts/server-api/access/batches.ts';
import { createRepository } from '../../reference-server/identity/repositories.ts';
import { AccessCaller } from '../support/access-calls.ts';
import { AccessTeam } from '../support/access-team.ts';
import { between } from '../support/between.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newPerson, newTeam } from '../support/organization.ts';
import { call, errorCode } from '../support/server-client.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());

/** An organization whose owner ada looks after `web`, which eve may ask for. */
async function newWorld() {
  const team = await newTeam(server, { ada: 'owner', ben: 'member' });
  const access = new AccessTeam(server.context, team);
  const [ada, ben, eve] = [team.person('ada'), team.person('ben'), await newPerson(server)];
  const web = `${team.slug}/web`;
  await access.repositories('web', 'api');
  const remove = async () => {
    await server.context.write({}, (tx) =>
      tx.deleteFrom('repositories').where('full_name', '=', web).execute(),
    );
    return { status: 204 };
  };
  /** Another one of its name takes its place. */
  const remake = async () => {
    await remove();
    await createRepository(server.context, { id: ada.id, name: ada.username }, web);
    return { status: 204 };
  };
  const grants = async () => {
    const rows = await server.context.db
      .selectFrom('grants')
      .innerJoin('repositories', 'repositories.id', 'grants.repository_id')
      .select('actions')
      .where('full_name', '=', web)
      .execute();
    return rows.map(({ actions }) => actions);
  };
  const as = ({ token }: { token: string }) => new AccessCaller(server, token, team.slug);
  return { team, access, ada, ben, eve, web, remove, remake, grants, as };
}
type World = Awaited<ReturnType<typeof newWorld>>;

async function asked({ eve, web }: World): Promise<string> {
  const body = { repository: web, actions: ['write'], reason: 'to push' };
  const made = await call(server, '/v1/access/requests', { token: eve.token, body });
  return (made.body as { id: string }).id;
}

async function pending({ ada, team }: World): Promise<string[]> {
  const { body } = await call(server, `/v1/access/requests?org=${team.slug}`, { token: ada.token });
  return (body as { requests: { id: string }[] }).requests.map(({ id }) => id);
}

const decide = ({ ada }: World, id: string, how: 'approve' | 'decline') =>
  call(server, `/v1/access/requests/${id}/${how}`, {
    ...{ token: ada.token, method: 'POST' },
    body: how === 'approve' ? { replaces: null } : { reason: 'no' },
  });

/** What is let in for one repository; each gives the status and code. */
const deeds: Readonly<
  Record<string, (world: World) => Promise<() => Promise<{ status: number; body: unknown }>>>
> = {
  'a request is approved': async (world) => {
    const id = await asked(world);
    return () => decide(world, id, 'approve');
  },
  'a request is declined': async (world) => {
    const id = await asked(world);
    return () => decide(world, id, 'decline');
  },
  'somebody is let in by address': ({ ada, ben, web }) => {
    const body = { email: ben.email, permission: 'writer' };
    return Promise.resolve(() => call(server, `/v1/repos/${web}/authorizations`, { token: ada.token, body }));
  },
  'somebody is given a permission': async ({ ada, ben, web }) => {
    const row = await server.context.db
      .selectFrom('repositories')
      .select('id')
      .where('full_name', '=', web)
      .executeTakeFirstOrThrow();
    const body = { repository_id: row.id, user_id: ben.id, permissions: ['read'] };
    return () => call(server, '/api/v1/permissions', { token: ada.token, body });
  },
  'a permission is changed': async ({ ada, ben, web, access }) => {
    const row = await server.context.db
      .selectFrom('repositories')
      .select('id')
      .where('full_name', '=', web)
      .executeTakeFirstOrThrow();
    const id = await access.grant(row.id, ben.id, ['read']);
    const body = { repository_id: row.id, user_id: ben.id, permissions: ['read', 'write'] };
    return () => call(server, `/api/v1/permissions/${id}`, { token: ada.token, method: 'PUT', body });
  },
  'a batch is made': async ({ ada, ben, web, as }) => {
    const version = await as(ada).version();
    return () => as(ada).send([{ principal: `user:${ben.id}`, repository: web, actions: ['read'] }], version);
  },
};

describe('while a repository is deleted', () => {
  it.each(Object.entries(deeds))('%s: nothing comes of it', async (_what, prepare) => {
    for (const happens of ['remove', 'remake'] as const) {
      const world = await newWorld();
      const deed = await prepare(world);
      const { status } = await between(server, world[happens], deed);
      expect([happens, status]).toEqual([happens, expect.toBeOneOf([404, 412])]);
      expect(await world.grants()).toEqual([]);
    }
  });

  it.each(Object.entries(deeds))('or is not: %s', async (_what, prepare) => {
    expect((await (await prepare(await newWorld()))()).status).toBeLessThan(300);
  });
});

describe('a repository of the name of another that was deleted', () => {
  it('is not changed by who has seen the access to that one', async () => {
    const { ada, ben, web, as, remake, team, grants } = await newWorld();
    const change = { principal: `user:${ben.id}`, repository: web, actions: ['admin' as const] };
    const untouched = { ...change, repository: `${team.slug}/api` };
    const version = await as(ada).version();
    expect((await as(ada).preview(change)).status).toBe(200);
    await remake();
    const late = await as(ada).send([change, untouched], version);
    expect([late.status, errorCode(late)]).toEqual([412, 'precondition_failed']);
    const { cells } = (late.body as { error: { details: { cells: object[] } } }).error.details;
    expect(cells).toEqual([
      expect.objectContaining({ repository: web, actions: [], changed_by: ada.username }),
    ]);
    expect(await grants()).toEqual([]);
    expect((await as(ada).send([untouched], version)).status).toBe(201);
    expect((await as(ada).send([change], await as(ada).version())).status).toBe(201);
    expect(await grants()).toEqual(['admin']);
  });

  it('is not changed by an undo, and who was given what there is shown to no new administrator', async () => {
    const { ada, ben, web, as, remake, access, team, grants } = await newWorld();
    const change = { principal: `user:${ben.id}`, repository: web };
    await as(ada).apply({ ...change, actions: ['read'] });
    const { id } = await as(ada).apply({ ...change, actions: [] });
    await remake();
    const row = await server.context.db
      .selectFrom('repositories')
      .select('id')
      .where('full_name', '=', web)
      .executeTakeFirstOrThrow();
    await access.grant(row.id, ben.id, ['admin']);
    const undo = await as(ada).undo(id);
    expect([undo.status, errorCode(undo)]).toEqual([404, 'not_found']);
    expect(await grants()).toEqual(['admin']);
    const listed = async (caller: { token: string }) => {
      const { body } = await as(caller).call(`/v1/access/batches?org=${team.slug}`);
      return batchListSchema.parse(body).batches.length;
    };
    expect([await listed(ada), await listed(ben)]).toEqual([2, 0]);
    expect((await as(ben).undo(id)).status).toBe(404);
  });

  it('is not given to who asked for that one, unless they ask anew', async () => {
    const world = await newWorld();
    const first = await asked(world);
    expect(await pending(world)).toEqual([first]);
    await world.remake();
    expect(await pending(world)).toEqual([]);
    for (const how of ['approve', 'decline'] as const) {
      expect((await decide(world, first, how)).status).toBe(404);
    }
    expect(await world.grants()).toEqual([]);
    // Who asked learns nothing of it.
    const own = await call(server, '/v1/access/requests', { token: world.eve.token });
    expect(own.body).toMatchObject({ requests: [{ id: first, state: 'open' }] });
    const again = await asked(world);
    expect(await pending(world)).toEqual([again]);
    expect((await decide(world, again, 'approve')).status).toBe(200);
    expect(await world.grants()).toEqual(['write']);
  });
});
