import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  batchesMax,
  batchListSchema,
  batchMadeSchema,
  previewSchema,
} from '../../contracts/server-api/access/batches.ts';
import type { Batch } from '../../contracts/server-api/access/batches.ts';
import { auditPageSchema, auditVerifySchema } from '../../contracts/server-api/audit.ts';
import { apiErrorBodySchema } from '../../contracts/server-api/errors.ts';
import { AccessCaller } from '../support/access-calls.ts';
import { newBatchTeam } from '../support/batch-team.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newPerson } from '../support/organization.ts';
import { errorCode } from '../support/server-client.ts';
import type { CallResult } from '../support/server-client.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());

const day = 24 * 3600 * 1000;
const later = (days: number) => new Date(Date.now() + days * day).toISOString();
const detailsOf = ({ body }: CallResult) => apiErrorBodySchema.parse(body).error.details ?? {};
const outcomeOf = (result: CallResult) => [result.status, errorCode(result)];

describe('a batch', () => {
  it('gives, replaces and takes grants at once, and each stays provable', async () => {
    const { admin, access, ids, names, who, ben, developers, bot, team, ada } = await newBatchTeam(server);
    await access.grant(ids.api, ben.id, ['read', 'write']);
    await access.grant(ids.web, bot, ['read']);
    const end = later(3);
    const { id } = await admin.apply(
      { principal: who.ben, repository: names.api, actions: ['read'] },
      { principal: who.developers, repository: names.web, actions: ['write', 'read'], expires_at: end },
      { principal: who.ci, repository: names.web, actions: [] },
    );
    expect(await access.granted(ids.api, ben.id)).toEqual(['read', null]);
    expect(await access.granted(ids.web, developers)).toEqual(['read,write', end]);
    expect(await access.granted(ids.web, bot)).toBeNull();
    const { body } = await admin.call('/v1/audit?limit=10');
    const events = auditPageSchema.parse(body).events.filter((event) => event.details['batch'] === id);
    expect(events.map(({ action, target, actor_id }) => [action, target, actor_id])).toEqual([
      ['access-batch.made', team.slug, ada.id],
      ['grant.removed', names.web, ada.id],
      ['grant.set', names.web, ada.id],
      ['grant.set', names.api, ada.id],
    ]);
    const verified = await admin.call('/v1/audit/verify', { method: 'POST' });
    expect(auditVerifySchema.parse(verified.body).valid).toBe(true);
  });

  it('leaves what is there already as it is', async () => {
    const { admin, access, ids, names, who, ben, developers } = await newBatchTeam(server);
    const grant = await access.grant(ids.api, ben.id, ['read']);
    await admin.apply(
      { principal: who.ben, repository: names.api, actions: ['read'] },
      { principal: who.developers, repository: names.api, actions: [] },
    );
    const [row, ...more] = await server.context.db
      .selectFrom('grants')
      .selectAll()
      .where('repository_id', '=', ids.api)
      .execute();
    expect([row?.id, more]).toEqual([grant, []]);
    expect(await access.granted(ids.api, developers)).toBeNull();
  });

  it('of a thousand changes is made, of one more refused', async () => {
    const { admin, access, who, team } = await newBatchTeam(server);
    const names = Array.from({ length: 1001 }, (_, at) => `r${String(at)}`);
    await access.repositories(...names);
    const changes = names.map((name) => ({
      principal: who.ben,
      repository: `${team.slug}/${name}`,
      actions: ['read' as const],
    }));
    const version = await admin.version();
    expect(outcomeOf(await admin.send(changes, version))).toEqual([400, 'invalid_request']);
    expect((await admin.send(changes.slice(1), version)).status).toBe(201);
    const { rows } = await admin.matrix({
      ...{ principal: who.ben, principals_limit: '1', repositories_limit: '1000' },
    });
    expect(rows[0]?.direct.match(/1/g)).toHaveLength(998);
  });

  it('is refused whole, by name, where one change cannot be made', async () => {
    const { admin, access, ids, names, who, ben, team } = await newBatchTeam(server);
    const gone = `group:grp_${'a'.repeat(26)}`;
    const result = await admin.send(
      [
        { principal: who.ben, repository: names.api, actions: ['read'] },
        { principal: gone, repository: names.api, actions: ['read'] },
        { principal: who.ben, repository: `${team.slug}/none`, actions: ['read'] },
        { principal: who.ben, repository: 'acme/web', actions: ['read'] },
        { principal: who.ci, repository: names.api, actions: ['read'], expires_at: later(-1) },
        { principal: `user:${ben.email}`, repository: names.api, actions: ['write'] },
        { principal: 'bot:acme/ci', repository: names.api, actions: ['read'] },
      ],
      await admin.version(),
    );
    expect(outcomeOf(result)).toEqual([404, 'not_found']);
    const { refused, issues } = detailsOf(result);
    expect(refused?.map(({ index, code }) => [index, code])).toEqual([
      [1, 'principal_gone'],
      [2, 'repository_gone'],
      [3, 'repository_gone'],
      [4, 'end_passed'],
      [5, 'named_twice'],
      [6, 'principal_gone'],
    ]);
    expect(issues?.map(({ path }) => path)).toEqual(['changes.4.expires_at', 'changes.5']);
    expect(await access.granted(ids.api, ben.id)).toBeNull();
  });

  it('is for admins of each of its repositories', async () => {
    const { as, access, ids, names, who, ben, team } = await newBatchTeam(server);
    await access.grant(ids.api, ben.id, ['admin']);
    await access.grant(ids.web, ben.id, ['read']);
    const change = (repository: string) => ({ principal: who.ci, repository, actions: ['read' as const] });
    const version = await as(ben).version();
    expect((await as(ben).send([change(names.api)], version)).status).toBe(201);
    const both = await as(ben).send([change(names.api), change(names.web)], version);
    expect(outcomeOf(both)).toEqual([403, 'role_insufficient']);
    expect(detailsOf(both).refused).toMatchObject([{ index: 1, code: 'admin_needed' }]);
    const stranger = new AccessCaller(server, (await newPerson(server)).token, team.slug);
    for (const given of [null, '1']) {
      expect(outcomeOf(await stranger.send([change(names.api)], given))).toEqual([404, 'not_found']);
    }
  });

  it('needs the version that its maker has seen, of this server', async () => {
    const { admin, names, who } = await newBatchTeam(server);
    const changes = [{ principal: who.ben, repository: names.api, actions: ['read' as const] }];
    expect(outcomeOf(await admin.send(changes, null))).toEqual([428, 'precondition_required']);
    for (const version of ['x', '999999999']) {
      expect(outcomeOf(await admin.send(changes, version))).toEqual([412, 'precondition_failed']);
    }
    for (const version of ['a"b', '*', ' ', 'x'.repeat(65)]) {
      expect(outcomeOf(await admin.send(changes, version))).toEqual([400, 'invalid_request']);
    }
  });

  it('whose answer was lost is made once, however often it is sent', async () => {
    const { admin, as, team, access, ids, names, who, ben } = await newBatchTeam(server);
    const key = randomUUID();
    const version = await admin.version();
    const changes = [{ principal: who.ben, repository: names.api, actions: ['read' as const] }];
    const answers = await Promise.all([1, 2, 3].map(() => admin.send(changes, version, key)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 201]);
    const ids_ = new Set(answers.map(({ body }) => batchMadeSchema.parse(body).id));
    expect(ids_.size).toBe(1);
    const other = [{ ...changes[0], principal: who.ben, repository: names.web, actions: ['read' as const] }];
    expect(outcomeOf(await admin.send(other, await admin.version(), key))).toEqual([409, 'conflict']);
    // Somebody else's key is another one.
    expect((await as(team.person('eve')).send(other, await admin.version(), key)).status).toBe(201);
    expect(await access.granted(ids.api, ben.id)).toEqual(['read', null]);
  });

  it('may take its maker’s own right, and does not half-way', async () => {
    const { as, access, ids, names, who, ben } = await newBatchTeam(server);
    await access.grant(ids.api, ben.id, ['admin']);
    await access.grant(ids.web, ben.id, ['admin']);
    const changes = [
      { principal: who.ben, repository: names.api, actions: [] },
      { principal: who.ci, repository: names.api, actions: ['read' as const] },
    ];
    const preview = previewSchema.parse((await as(ben).preview(...changes)).body);
    expect(preview.own_admin_lost).toEqual([names.api]);
    expect((await as(ben).send(changes, preview.version)).status).toBe(201);
    expect((await as(ben).matrix()).repositories.map(({ name }) => name)).toEqual([names.web]);
  });

  it('leaves an owner everything, whatever grant it takes from them', async () => {
    const { admin, access, ids, names, ada } = await newBatchTeam(server);
    await access.grant(ids.api, ada.id, ['read']);
    const change = { principal: `user:${ada.id}`, repository: names.api, actions: [] };
    const preview = previewSchema.parse((await admin.preview(change)).body);
    expect(preview).toMatchObject({ gains: [], loses: [], own_admin_lost: [] });
    await admin.apply(change);
    expect((await admin.matrix({ principal: `user:${ada.id}` })).rows[0]?.access).toBe('ff');
  });
});

describe('a preview', () => {
  it('says who gains and loses what, through groups as well, and changes nothing', async () => {
    const { admin, access, ids, names, who, ben, developers, ada } = await newBatchTeam(server);
    await access.grant(ids.api, developers, ['read']);
    await access.grant(ids.api, ben.id, ['read', 'write'], { created_by: ada.id });
    const end = later(2);
    const version = await admin.version();
    const { body } = await admin.preview(
      { principal: who.ben, repository: names.api, actions: [] },
      { principal: who.developers, repository: names.web, actions: ['read'], expires_at: end },
      { principal: who.ci, repository: 'acme/web', actions: ['read'] },
    );
    const preview = previewSchema.parse(body);
    const short = (all: typeof preview.gains) =>
      all.map(({ principal, repository, actions, before, after, until }) => ({
        ...{ name: principal.name, repository, actions, before, after, until },
      }));
    const gained = { repository: names.web, actions: ['read'], before: [], after: ['read'], until: end };
    expect(short(preview.gains)).toEqual([
      { name: 'developers', ...gained },
      { name: ben.username, ...gained },
    ]);
    expect(short(preview.loses)).toEqual([
      {
        ...{ name: ben.username, repository: names.api, actions: ['write'] },
        ...{ before: ['read', 'write'], after: ['read'], until: null },
      },
    ]);
    const group = { id: developers, name: 'developers' };
    expect(preview.loses[0]?.by).toMatchObject([{ kind: 'grant', group, actions: ['read'] }]);
    expect(preview.gains[1]?.by).toMatchObject([
      { kind: 'grant', group, given_by: ada.username, until: end },
    ]);
    expect(preview.total).toEqual({ gains: 2, loses: 1 });
    expect(preview.refused).toMatchObject([{ index: 2, code: 'repository_gone' }]);
    expect(await admin.version()).toBe(version);
    expect(preview.version).toBe(version);
  });

  it('says what the batch then does', async () => {
    const { admin, access, ids, names, who, ben, developers } = await newBatchTeam(server);
    await access.grant(ids.api, developers, ['write'], { effect: 'deny' });
    await access.grant(ids.web, ben.id, ['admin'], { expires_at: later(1) });
    const changes = [
      { principal: who.ben, repository: names.api, actions: ['admin' as const] },
      { principal: who.ben, repository: names.web, actions: ['write' as const] },
      { principal: who.developers, repository: names.web, actions: ['read' as const] },
    ];
    const before = await admin.matrix();
    const preview = previewSchema.parse((await admin.preview(...changes)).body);
    await admin.apply(...changes);
    const after = await admin.matrix();
    const bits = { read: 1, write: 2, delete: 4, admin: 8 };
    const sum = (actions: (keyof typeof bits)[]) => actions.reduce((all, each) => all + bits[each], 0);
    const effects = [...preview.gains, ...preview.loses];
    for (const [row, { reference }] of after.principals.entries()) {
      for (const [column, { name }] of after.repositories.entries()) {
        const digits = [before, after].map(({ rows }) => parseInt(rows[row]?.access[column] ?? '', 16));
        const effect = effects.find(
          (each) => each.principal.reference === reference && each.repository === name,
        );
        const told = effect === undefined ? [digits[0], digits[0]] : [sum(effect.before), sum(effect.after)];
        expect([reference, name, ...digits]).toEqual([reference, name, ...told]);
      }
    }
    expect(effects.length).toBe(3);
  });
});

describe('the list of batches', () => {
  async function list(
    caller: AccessCaller,
    org: string,
    query = '',
  ): Promise<{ batches: Batch[]; next: string }> {
    const { body } = await caller.call(`/v1/access/batches?org=${org}${query}`);
    const { batches, next = '' } = batchListSchema.parse(body);
    return { batches, next };
  }

  it('has them newest first, page by page, each with its first changes', async () => {
    const { admin, as, team, access, ids, names, who, ben } = await newBatchTeam(server);
    const { id: first } = await admin.apply({ principal: who.ben, repository: names.api, actions: ['read'] });
    const key = randomUUID();
    const change = { principal: who.ci, repository: names.web, actions: ['write' as const] };
    await admin.send([change], await admin.version(), key);
    await admin.undo(first);
    const { batches, next } = await list(admin, team.slug);
    expect(next).toBe('');
    const [undo, second, made] = batches;
    expect(made).toMatchObject({ id: first, undoes: null, undone_by: undo?.id, key: null, changes: 1 });
    expect(undo).toMatchObject({ undoes: first, undone_by: null });
    expect(second).toMatchObject({ key, made_by: { id: team.person('ada').id } });
    expect(second?.samples).toEqual([
      { principal: `${team.slug}/ci`, repository: names.web, before: [], after: ['write'] },
    ]);
    const pages = await list(admin, team.slug, '&limit=2');
    expect(pages.batches).toEqual([undo, second]);
    expect((await list(admin, team.slug, `&limit=2&after=${pages.next}`)).batches).toEqual([made]);
    expect((await list(as(team.person('eve')), team.slug)).batches[1]?.key).toBeNull();
    // Who administers one repository sees what was changed there alone.
    await access.grant(ids.web, ben.id, ['admin']);
    expect((await list(as(ben), team.slug)).batches.map(({ id }) => id)).toEqual([second?.id]);
    expect(outcomeOf(await as(ben).undo(first))).toEqual([404, 'not_found']);
  });

  it('keeps the newest of each who makes them, as many as it says', async () => {
    const { admin, ada, team, names, who } = await newBatchTeam(server);
    const rows = Array.from({ length: batchesMax + 5 }, (_, at) => ({
      ...{
        id: `bat_${String(at)
          .padStart(26, 'a')
          .replaceAll(/[0189]/g, 'b')}x${String(at)}`,
        org_id: team.id,
      },
      ...{
        version: -at - 1,
        made_by: at === 0 ? 'nobody' : ada.id,
        made_by_name: 'any',
        made_at: later(-1),
        key: null,
      },
      ...{ request_hash: '', changes: 1, undoes: null, undone_by: null },
    }));
    await server.context.write({}, (tx) => tx.insertInto('access_batches').values(rows).execute());
    const { id } = await admin.apply({ principal: who.ben, repository: names.api, actions: ['read'] });
    const kept = await server.context.db
      .selectFrom('access_batches')
      .select('id')
      .where('org_id', '=', team.id)
      .orderBy('version', 'desc')
      .execute();
    expect([kept.length, kept[0]?.id, kept[1]?.id]).toEqual([batchesMax + 1, id, rows[0]?.id]);
  });
});
