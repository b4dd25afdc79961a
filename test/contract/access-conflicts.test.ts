import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchMadeSchema } from '../../contracts/server-api/access/batches.ts';
import { grantSchema } from '../../contracts/server-api/authorizations.ts';
import { apiErrorBodySchema } from '../../contracts/server-api/errors.ts';
import { AccessCaller } from '../support/access-calls.ts';
import { newBatchTeam } from '../support/batch-team.ts';
import type { BatchTeam } from '../support/batch-team.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newPerson } from '../support/organization.ts';
import { call, errorCode } from '../support/server-client.ts';
import type { CallResult } from '../support/server-client.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());

const later = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
const outcomeOf = (result: CallResult) => [result.status, errorCode(result)];
const cellsOf = ({ body }: CallResult) =>
  apiErrorBodySchema
    .parse(body)
    .error.details?.cells?.map(({ principal, repository, actions, changed_by }) => ({
      ...{ who: principal.reference, repository, actions, changed_by },
    }));

/**
 * Each way in which somebody changes what a user is given on a repository, apart from batches: makes ready what is changed, and
 * gives what changes it.
 */
const ways: Record<string, (world: BatchTeam) => Promise<() => Promise<CallResult>>> = {
  'an authorization': ({ names, ben, eve }) =>
    Promise.resolve(() =>
      call(server, `/v1/repos/${names.api}/authorizations`, {
        ...{ token: eve.token, body: { email: ben.email, permission: 'writer' } },
      }),
    ),
  'an authorization that is taken back': async ({ names, ben, eve: { token } }) => {
    const path = `/v1/repos/${names.api}/authorizations`;
    const body = { email: ben.email, permission: 'reader' };
    const { id } = grantSchema.parse((await call(server, path, { token, body })).body);
    return () => call(server, `${path}/${id}`, { token, method: 'DELETE' });
  },
  'a permission': ({ names, ben, eve: { token } }) => {
    const body = { repository_id: names.api, user_id: ben.id, permissions: ['read'] };
    return Promise.resolve(() => call(server, '/api/v1/permissions', { token, body }));
  },
  'a permission that says something else': async ({ names, ben, eve: { token } }) => {
    const body = { repository_id: names.api, user_id: ben.id, permissions: ['read'] };
    const made = await call(server, '/api/v1/permissions', { token, body });
    const path = `/api/v1/permissions/${(made.body as { id: string }).id}`;
    return () => call(server, path, { token, method: 'PUT', body: { ...body, permissions: ['write'] } });
  },
  'a permission that is taken back': async ({ names, ben, eve: { token } }) => {
    const body = { repository_id: names.api, user_id: ben.id, permissions: ['read'] };
    const made = await call(server, '/api/v1/permissions', { token, body });
    const path = `/api/v1/permissions/${(made.body as { id: string }).id}`;
    return () => call(server, path, { token, method: 'DELETE' });
  },
  'a membership that ends': async ({ team, access, ids, ben, eve: { token } }) => {
    await access.grant(ids.api, ben.id, ['read']);
    const path = `/v1/orgs/${team.slug}/members/${ben.id}`;
    return () => call(server, path, { token, method: 'DELETE' });
  },
};

describe('a batch on what somebody else changed meanwhile', () => {
  it('is refused with the cells, and does nothing', async () => {
    const { admin, other, access, ids, names, who, ben, eve } = await newBatchTeam(server);
    const version = await admin.version();
    await other.apply({ principal: who.ben, repository: names.api, actions: ['read'] });
    const changes = [
      { principal: who.ben, repository: names.api, actions: ['write' as const] },
      { principal: who.ben, repository: names.web, actions: ['write' as const] },
    ];
    const refused = await admin.send(changes, version);
    expect(outcomeOf(refused)).toEqual([412, 'precondition_failed']);
    expect(cellsOf(refused)).toEqual([
      { who: who.ben, repository: names.api, actions: ['read'], changed_by: eve.username },
    ]);
    expect(await access.granted(ids.web, ben.id)).toBeNull();
    // Once it is seen, it can be changed.
    expect((await admin.send(changes, await admin.version())).status).toBe(201);
  });

  it('is made where that was of other cells alone', async () => {
    const { admin, other, names, who } = await newBatchTeam(server);
    const version = await admin.version();
    await other.apply(
      { principal: who.ben, repository: names.api, actions: ['read'] },
      { principal: who.developers, repository: names.web, actions: ['read'] },
    );
    const change = { principal: who.ben, repository: names.web, actions: ['write' as const] };
    expect((await admin.send([change], version)).status).toBe(201);
  });

  it.each(Object.keys(ways))('is refused after %s', async (way) => {
    const world = await newBatchTeam(server);
    const { admin, names, who, eve } = world;
    const act = await ways[way]?.(world);
    const version = await admin.version();
    expect((await act?.())?.status).toBeLessThan(300);
    const change = { principal: who.ben, repository: names.api, actions: ['read' as const] };
    const refused = await admin.send([change], version);
    expect(outcomeOf(refused)).toEqual([412, 'precondition_failed']);
    expect(cellsOf(refused)).toMatchObject([
      { who: who.ben, repository: names.api, changed_by: eve.username },
    ]);
  });

  it('is refused by name once the bot, the group or the repository is gone', async () => {
    const { admin, team, access, ids, names, who, eve, bot, developers } = await newBatchTeam(server);
    await access.grant(ids.web, bot, ['read']);
    const version = await admin.version();
    const deleted = await call(server, `/v1/orgs/${team.slug}/bots/ci`, {
      token: eve.token,
      method: 'DELETE',
    });
    expect(deleted.status).toBe(204);
    const { token } = await newPerson(server, { role: 'admin' });
    const group = await call(server, `/api/v1/groups/${developers}`, { token, method: 'DELETE' });
    expect(group.status).toBe(204);
    await server.context.write({}, (tx) => tx.deleteFrom('repositories').where('id', '=', ids.api).execute());
    const refused = await admin.send(
      [
        { principal: who.ci, repository: names.web, actions: [] },
        { principal: who.developers, repository: names.web, actions: [] },
        { principal: who.ben, repository: names.api, actions: [] },
      ],
      version,
    );
    expect(outcomeOf(refused)).toEqual([404, 'not_found']);
    expect(apiErrorBodySchema.parse(refused.body).error.details?.refused?.map(({ code }) => code)).toEqual([
      ...['principal_gone', 'principal_gone', 'repository_gone'],
    ]);
  });

  it('and another at once: one of them is made, the other refused', async () => {
    const { admin, other, access, ids, names, who, ben } = await newBatchTeam(server);
    const version = await admin.version();
    const change = (actions: ('read' | 'write')[]) => [
      { principal: who.ben, repository: names.api, actions },
    ];
    const both = await Promise.all([
      admin.send(change(['read']), version),
      other.send(change(['write']), version),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 412]);
    const made = both[0].status === 201 ? 'read' : 'write';
    expect(await access.granted(ids.api, ben.id)).toEqual([made, null]);
  });

  it('and a deletion of the bot at once: never a grant of who is gone', async () => {
    const { admin, team, names, who, eve, ids, access, bot } = await newBatchTeam(server);
    const version = await admin.version();
    const change = { principal: who.ci, repository: names.api, actions: ['read' as const] };
    const [batch] = await Promise.all([
      admin.send([change], version),
      call(server, `/v1/orgs/${team.slug}/bots/ci`, { token: eve.token, method: 'DELETE' }),
    ]);
    expect([201, 404]).toContain(batch.status);
    expect(await access.granted(ids.api, bot)).toBeNull();
  });
});

describe('an undo', () => {
  it('restores each cell exactly, and can be undone itself', async () => {
    const { admin, access, ids, names, who, ben, developers } = await newBatchTeam(server);
    const end = later(3600);
    await access.grant(ids.api, ben.id, ['read', 'delete'], { expires_at: end });
    const { id } = await admin.apply(
      { principal: who.ben, repository: names.api, actions: [] },
      { principal: who.developers, repository: names.web, actions: ['admin'], expires_at: end },
    );
    const undo = batchMadeSchema.parse((await admin.undo(id)).body);
    expect(await access.granted(ids.api, ben.id)).toEqual(['read,delete', end]);
    expect(await access.granted(ids.web, developers)).toBeNull();
    const again = await admin.undo(id);
    expect([...outcomeOf(again), cellsOf(again)]).toEqual([409, 'conflict', undefined]);
    expect((await admin.undo(undo.id)).status).toBe(201);
    expect(await access.granted(ids.api, ben.id)).toBeNull();
    expect(await access.granted(ids.web, developers)).toEqual(['admin', end]);
  });

  it('is refused where a later change stands on it, with the cells', async () => {
    const { admin, other, access, ids, names, who, ben, eve } = await newBatchTeam(server);
    const { id } = await admin.apply(
      { principal: who.ben, repository: names.api, actions: ['read'] },
      { principal: who.ben, repository: names.web, actions: ['read'] },
    );
    await other.apply({ principal: who.ben, repository: names.web, actions: ['write'] });
    const refused = await admin.undo(id);
    expect(outcomeOf(refused)).toEqual([409, 'conflict']);
    expect(cellsOf(refused)).toEqual([
      { who: who.ben, repository: names.web, actions: ['write'], changed_by: eve.username },
    ]);
    expect(await access.granted(ids.api, ben.id)).toEqual(['read', null]);
  });

  it('of two at once is made once', async () => {
    const { admin, other, names, who } = await newBatchTeam(server);
    const { id } = await admin.apply({ principal: who.ben, repository: names.api, actions: ['read'] });
    const both = await Promise.all([admin.undo(id), other.undo(id)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  });

  it('does not bring back what has ended meanwhile', async () => {
    const { admin, access, ids, names, who, ben } = await newBatchTeam(server);
    await access.grant(ids.api, ben.id, ['read'], { expires_at: later(3600) });
    const { id } = await admin.apply({ principal: who.ben, repository: names.api, actions: ['write'] });
    const before_ends = later(-1);
    await server.context.write({}, (tx) =>
      tx.updateTable('access_batch_cells').set({ before_ends }).where('batch_id', '=', id).execute(),
    );
    expect((await admin.undo(id)).status).toBe(201);
    expect(await access.granted(ids.api, ben.id)).toBeNull();
  });

  it('passes over who is gone, and is refused where it would give them something', async () => {
    const { admin, team, access, ids, names, who, eve, bot, ben } = await newBatchTeam(server);
    await access.grant(ids.web, bot, ['read']);
    const gave = await admin.apply(
      { principal: who.ci, repository: names.api, actions: ['read'] },
      { principal: who.ben, repository: names.api, actions: ['read'] },
    );
    const took = await admin.apply({ principal: who.ci, repository: names.web, actions: [] });
    await call(server, `/v1/orgs/${team.slug}/bots/ci`, { token: eve.token, method: 'DELETE' });
    // Another bot of that name is not the one.
    await access.bot('ci');
    expect((await admin.undo(gave.id)).status).toBe(201);
    expect(await access.granted(ids.api, ben.id)).toBeNull();
    const refused = await admin.undo(took.id);
    expect(outcomeOf(refused)).toEqual([404, 'not_found']);
    expect(apiErrorBodySchema.parse(refused.body).error.message).toContain(`${team.slug}/ci is gone`);
  });

  it('is for who administers all of it', async () => {
    const { admin, access, team, ids, names, who, ben } = await newBatchTeam(server);
    await access.grant(ids.api, ben.id, ['admin']);
    const { id } = await admin.apply(
      { principal: who.ci, repository: names.api, actions: ['read'] },
      { principal: who.ci, repository: names.web, actions: ['read'] },
    );
    const own = await admin.apply({ principal: who.developers, repository: names.api, actions: ['read'] });
    const as = new AccessCaller(server, ben.token, team.slug);
    expect(outcomeOf(await as.undo(id))).toEqual([404, 'not_found']);
    expect(outcomeOf(await as.undo(`bat_${'a'.repeat(26)}`))).toEqual([404, 'not_found']);
    expect((await as.undo(own.id)).status).toBe(201);
  });
});
