import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  templateLinesMax,
  templateListSchema,
  templateSchema,
  templatesMax,
  templatesPath,
} from '../../contracts/server-api/access/templates.ts';
import type { Template } from '../../contracts/server-api/access/templates.ts';
import { createdTokenSchema, ownTokensPath } from '../../contracts/server-api/artifact-keeper/tokens.ts';
import { apiErrorBodySchema } from '../../contracts/server-api/errors.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import { AccessTeam } from '../support/access-team.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { auditOf, newPerson, newTeam } from '../support/organization.ts';
import { because, call, errorCode } from '../support/server-client.ts';
import type { CallResult } from '../support/server-client.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());

interface Caller {
  token: string;
}

/** An organization that ada owns; ben, a member, and dana, from outside, administer a repository of it. */
async function newWorld() {
  const team = await newTeam(server, { ada: 'owner', ben: 'member', cleo: 'admin' });
  const access = new AccessTeam(server.context, team);
  const ids = await access.repositories('api', 'web');
  const [ada, ben, cleo] = [team.person('ada'), team.person('ben'), team.person('cleo')];
  const [dana, eve] = [await newPerson(server), await newPerson(server)];
  for (const { id } of [ben, dana]) await access.grant(ids.web, id, ['admin']);
  const lines = [{ repositories: `${team.slug}/*`, actions: ['read'], days: null }];
  return { org: team.slug, team, ids, ada, ben, cleo, dana, eve, lines };
}

const make = (org: string, { token }: Caller, name: string, lines: unknown) =>
  call(server, templatesPath, { token, body: { org, name, lines } });

async function made(org: string, caller: Caller, name: string, lines: unknown): Promise<Template> {
  const result = await make(org, caller, name, lines);
  expect(result.status).toBe(201);
  return templateSchema.parse(result.body);
}

const change = (
  { token }: Caller,
  { id, name, lines, changed_at: replaces }: Template,
  to: Record<string, unknown>,
) => call(server, `${templatesPath}/${id}`, { method: 'PUT', token, body: { replaces, name, lines, ...to } });

const remove = ({ token }: Caller, { id }: Template) =>
  call(server, `${templatesPath}/${id}`, { method: 'DELETE', token });

async function list(org: string, { token }: Caller) {
  const { status, body } = await call(server, `${templatesPath}?org=${org}`, { token });
  expect(status).toBe(200);
  return templateListSchema.parse(body);
}

const refused = (result: CallResult) => `${result.status.toString()} ${because(result)}`;

describe('a template', () => {
  it('is made, listed by name, changed and deleted; the audit log has each', async () => {
    const { org, ada, lines } = await newWorld();
    expect(await list(org, ada)).toEqual({ templates: [], may_change: true });
    const releases = [
      { repositories: `${org}/release-*`, actions: ['write', 'read', 'write'], days: 30 },
      { repositories: `${org}/web`, actions: ['admin'], days: null },
      ...lines,
    ];
    const bot = await made(org, ada, 'release bot', releases);
    expect(bot).toEqual({
      ...{ id: bot.id, name: 'release bot', changed_at: bot.changed_at, changed_by: ada.username },
      lines: releases.map((line, at) => (at === 0 ? { ...line, actions: ['read', 'write'] } : line)),
    });
    const guest = await made(org, ada, 'Guest', lines);
    expect((await list(org, ada)).templates).toEqual([guest, bot]);
    const other = { name: 'audit', lines: [{ ...lines[0], days: 3650 }] };
    const changed = await change(ada, bot, other);
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ id: bot.id, ...other });
    expect((await list(org, ada)).templates).toEqual([guest, changed.body]);
    expect((await remove(ada, guest)).status).toBe(204);
    expect((await list(org, ada)).templates).toEqual([changed.body]);
    expect(refused(await remove(ada, guest))).toBe('404 not_found');
    expect(refused(await change(ada, guest, {}))).toBe('404 not_found');
    const events = async (what: string) =>
      (await auditOf(server, org, `access-template.${what}`)).map(({ target, by, details }) => {
        expect(by).toBe(ada.username);
        return [target, details];
      });
    expect(await events('created')).toEqual([
      ['release bot', { template: bot.id, lines: 3 }],
      ['Guest', { template: guest.id, lines: 1 }],
    ]);
    expect(await events('changed')).toEqual([['audit', { template: bot.id, lines: 1, from: 'release bot' }]]);
    expect(await events('deleted')).toEqual([['Guest', { template: guest.id }]]);
  });

  it('is for everybody to read who administers something there, and for owners to change', async () => {
    const { org, ids, ada, ben, cleo, dana, eve, lines } = await newWorld();
    const template = await made(org, ada, 'guest', lines);
    for (const reader of [ben, dana])
      expect(await list(org, reader)).toEqual({ templates: [template], may_change: false });
    const admin = await newPerson(server, { role: 'admin' });
    expect(await list(org, admin)).toEqual({ templates: [template], may_change: true });
    const all = async (caller: Caller) => [
      refused(await make(org, caller, 'more', lines)),
      refused(await change(caller, template, { name: 'other' })),
      refused(await remove(caller, template)),
    ];
    const none = (what: string) => [what, what, what];
    for (const caller of [ben, cleo, dana]) expect(await all(caller)).toEqual(none('403 role_insufficient'));
    expect(await all(eve)).toEqual(none('404 not_found'));
    for (const result of [await remove(eve, template), await change(eve, template, {})])
      expect(JSON.stringify(result.body)).not.toContain(org);
    for (const [caller, status] of [
      [cleo, 403],
      [eve, 404],
    ] as const)
      expect((await call(server, `${templatesPath}?org=${org}`, { token: caller.token })).status).toBe(
        status,
      );
    const tokenFor = async (scope: string, ...repository_ids: string[]) => {
      const only = repository_ids.length === 0 ? {} : { repository_ids };
      const result = await call(server, ownTokensPath, {
        token: ada.token,
        body: { name: 'CI', scopes: [scope], ...only },
      });
      return createdTokenSchema.parse(result.body);
    };
    for (const token of [await tokenFor('repository:admin', ids.api), await tokenFor('repository:write')])
      expect(await all(token)).toEqual(none('403 scope_insufficient'));
    const narrow = await list(org, await tokenFor('repository:admin', ids.api));
    expect(narrow).toEqual({ templates: [template], may_change: false });
    const wide = await tokenFor('repository:admin');
    expect((await list(org, wide)).may_change).toBe(true);
    expect((await change(wide, template, { name: 'by a token' })).status).toBe(200);
    expect((await make(org, admin, 'by an administrator', lines)).status).toBe(201);
  });

  it('is not changed by who has not seen what it says', async () => {
    const { org, ada, lines } = await newWorld();
    const now = vi.spyOn(server.context, 'now').mockReturnValue(new Date());
    // The clock stands still, and goes back.
    const first = await made(org, ada, 'guest', lines);
    const second = templateSchema.parse((await change(ada, first, { name: 'second' })).body);
    expect(refused(await change(ada, first, { name: 'late' }))).toBe('409 changed_meanwhile');
    now.mockReturnValue(new Date(Date.now() - 3_600_000));
    const third = templateSchema.parse((await change(ada, second, { name: 'third' })).body);
    now.mockRestore();
    for (const stale of [first, second])
      expect(refused(await change(ada, stale, { name: 'late' }))).toBe('409 changed_meanwhile');
    expect((await list(org, ada)).templates).toEqual([third]);
    const precise = third.changed_at.replace('Z', '000Z');
    expect((await change(ada, third, { replaces: precise, name: 'fourth' })).status).toBe(200);
  });

  it('has a name that no other of its organization has', async () => {
    const { org, ada, lines } = await newWorld();
    const other = await newWorld();
    const one = await made(org, ada, 'guest', lines);
    const two = await made(org, ada, 'Guest', lines);
    expect((await make(other.org, other.ada, 'guest', other.lines)).status).toBe(201);
    const result = await make(org, ada, 'guest', lines);
    expect([refused(result), errorCode(result)]).toEqual(['409 name_taken', 'conflict']);
    expect(refused(await change(ada, two, { name: 'guest' }))).toBe('409 name_taken');
    expect((await change(ada, one, { lines: [{ ...lines[0], days: 1 }] })).status).toBe(200);
  });

  it('is one of a hundred at most, of a hundred lines at most', async () => {
    const { org, team, ada, lines } = await newWorld();
    const full = Array.from({ length: templateLinesMax }, (_, at) => ({
      ...{ repositories: `${org}/${'n'.repeat(200)}-${at.toString()}*`, days: 3650 },
      actions: ['read', 'write', 'delete', 'admin'],
    }));
    const largest = await made(org, ada, 'n'.repeat(64), full);
    expect(largest.lines).toHaveLength(templateLinesMax);
    expect(refused(await make(org, ada, 'more', [...full, ...lines]))).toBe('400 invalid_request');
    const rows = Array.from({ length: templatesMax - 2 }, (_, at) => ({
      ...{ id: newId('tpl'), org_id: team.id, name: `t${at.toString()}`, changed_by: ada.id },
      changed_at: largest.changed_at,
    }));
    await server.context.write({}, async (tx) => {
      await tx.insertInto('access_templates').values(rows).execute();
      const line = { place: 0, repositories: `${org}/*`, actions: 'read', days: null };
      const stored = rows.map(({ id }) => ({ ...line, template_id: id }));
      await tx.insertInto('access_template_lines').values(stored).execute();
    });
    expect((await make(org, ada, 'the last', lines)).status).toBe(201);
    const result = await make(org, ada, 'one more', lines);
    expect(refused(result)).toBe('409 conflict');
    expect(JSON.stringify(result.body)).toContain('as many as there may be');
    expect((await list(org, ada)).templates).toHaveLength(templatesMax);
    expect((await change(ada, largest, { name: 'still' })).status).toBe(200);
  });

  it('is refused by the line that is wrong', async () => {
    const { org, ada, lines } = await newWorld();
    const [line] = lines;
    const template = await made(org, ada, 'guest', lines);
    const wrong: [unknown[], string][] = [
      [[line, { ...line, actions: ['write'] }], 'lines.1.repositories'],
      [[line, { ...line, repositories: 'other/*' }], 'lines.1.repositories'],
      [[{ ...line, repositories: `${org}-2/*` }], 'lines.0.repositories'],
      [[{ ...line, repositories: `${org}*` }], 'lines.0.repositories'],
      [[{ ...line, repositories: '*' }], 'lines.0.repositories'],
      [[{ ...line, repositories: `${org}/*-web` }], 'lines.0.repositories'],
      [[{ ...line, repositories: `${org}/**` }], 'lines.0.repositories'],
      [[{ ...line, repositories: `${org}/${'n'.repeat(300)}` }], 'lines.0.repositories'],
      [[], 'lines'],
      [[{ ...line, actions: [] }], 'lines.0.actions'],
      [[{ ...line, actions: ['pull'] }], 'lines.0.actions.0'],
      [[{ ...line, days: 0 }], 'lines.0.days'],
      [[{ ...line, days: 3651 }], 'lines.0.days'],
      [[{ ...line, days: 1.5 }], 'lines.0.days'],
      [[{ ...line, principal: 'user:x' }], 'lines.0.principal'],
    ];
    for (const [lines, path] of wrong) {
      for (const result of [await make(org, ada, 'wrong', lines), await change(ada, template, { lines })]) {
        const { error } = apiErrorBodySchema.parse(result.body);
        const paths = new Set(error.details?.issues?.map((issue) => issue.path));
        expect([lines, error.code, [...paths]]).toEqual([lines, 'invalid_request', [path]]);
      }
    }
    for (const name of ['', ' guest', 'n'.repeat(65), 'two\nlines', 'hidden\u202e'])
      expect(refused(await make(org, ada, name, [line]))).toBe('400 invalid_request');
    expect((await list(org, ada)).templates).toEqual([template]);
  });
});
