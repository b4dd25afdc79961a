import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  branchListSchema,
  projectListSchema,
  projectSchema,
  scopedKeysSchema,
} from '../../contracts/server-api/kisenon/projects.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import { maxProjects } from '../../reference-server/identity/projects.ts';
import { bearerHeader } from '../support/credential-holders.ts';
import { followEvents } from '../support/event-stream.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { defaultBranch, newApiKey, newBranch, newProject, setRole } from '../support/organization-samples.ts';
import { call, errorCode, signIn } from '../support/server-client.ts';
import type { CallOptions } from '../support/server-client.ts';

let server: LocalServer;
let maya: string;
let jonas: string;
beforeAll(async () => {
  server = await startLocalServer();
  maya = await signIn(server, 'maya');
  jonas = await signIn(server, 'jonas');
});
afterAll(() => server.stop());

const send = (path: string, options: CallOptions) => call(server, `/v1/projects${path}`, options);
const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);

/** What the audit log says last about a thing, and what happened. */
async function lastAudit() {
  const { body } = await call(server, '/v1/audit?limit=1', { token: maya });
  const [event] = (body as { events: { action: string; target: string; details: object }[] }).events;
  return event;
}

async function readProjects(token: string, query = '') {
  return projectListSchema.parse((await send(query, { token })).body);
}

describe('a project', () => {
  it('is made by a member, with its default branch', async () => {
    const { status, body } = await send('', {
      token: jonas,
      body: { name: 'shop', default_branch: 'trunk' },
    });
    expect(status).toBe(201);
    const project = projectSchema.parse(body);
    expect(project).toMatchObject({
      org: 'acme',
      default_branch: 'trunk',
      branch_count: 1,
      created_by: 'jonas',
    });
    expect((await send(`/${project.id}`, { token: maya })).body).toEqual(project);
    const branch = await defaultBranch(server, maya, project.id);
    expect(branch).toMatchObject({ name: 'trunk', default: true, project_id: project.id });
    expect(await lastAudit()).toMatchObject({ action: 'project.created', target: 'acme/shop' });
  });

  it.each([
    ['upper case', 'Shop'],
    ['nothing', ''],
    ['a space', 'a b'],
    ['a space at its end', 'shop '],
    ['a letter of another alphabet that looks alike', 'sh\u043Fp'],
    ['a letter with a mark', 'sh\u00F6p'],
    ['a full-width letter', '\uFF53hop'],
    ['a character that is not seen', 'sh\u200Bop'],
    ['text from right to left', 'shop\u202E'],
    ['a line break', 'shop\n'],
    ['a NUL', 'shop\0'],
    ['a path', '../shop'],
    ['a slash', 'a/b'],
    ['a dot at its beginning', '.shop'],
    ['two dots', 'a..b'],
    ['65 characters', 'a'.repeat(65)],
    ['a million characters', 'a'.repeat(50_000)],
    ['a number', 7],
    ['a list', ['shop']],
  ])('cannot be named with %s', async (_, name) => {
    const { id } = await newProject(server, maya, `p-${newId('prj').slice(4)}`);
    for (const result of [
      await send('', { token: maya, body: { name } }),
      await send(`/${id}`, { method: 'PATCH', token: maya, body: { name } }),
    ]) {
      expect([result.status, errorCode(result)]).toEqual([400, 'invalid_request']);
    }
  });

  it('has a name that no other of its organization has; another organization may have it', async () => {
    const { id } = await newProject(server, maya, 'unique');
    const again = await send('', { token: jonas, body: { name: 'unique' } });
    expect([again.status, errorCode(again)]).toEqual([409, 'conflict']);
    const other = await newProject(server, maya, 'other');
    const renamed = await send(`/${other.id}`, { method: 'PATCH', token: maya, body: { name: 'unique' } });
    expect(renamed.status).toBe(409);
    const own = await send(`/${id}`, { method: 'PATCH', token: maya, body: { name: 'unique' } });
    expect(own.status).toBe(200);
    const priya = await signIn(server, 'priya');
    expect((await send('', { token: priya, body: { name: 'unique' } })).status).toBe(201);
  });

  it('of two who make the same name at once, one gets it', async () => {
    const tries = await Promise.all(
      Array.from({ length: 8 }, () => send('', { token: maya, body: { name: 'at-once' } })),
    );
    expect(tries.map(({ status }) => status).toSorted()).toEqual([201, ...Array<number>(7).fill(409)]);
  });

  it('of another organization does not exist', async () => {
    const priya = await signIn(server, 'priya');
    const { id } = await newProject(server, priya, 'secret');
    for (const [method, body] of [['GET'], ['PATCH', { name: 'mine' }], ['DELETE']] as const) {
      const result = await send(`/${id}`, { method, token: maya, ...(body === undefined ? {} : { body }) });
      expect([method, result.status, errorCode(result)]).toEqual([method, 404, 'not_found']);
    }
    const branches = await send(`/${id}/branches`, { token: maya });
    expect(branches.status).toBe(404);
    expect(names((await readProjects(maya)).projects)).not.toContain('secret');
  });

  it('is found by a part of its name, page by page', async () => {
    for (const name of ['find-a', 'find-b', 'find-c', 'x-find_d', 'percent']) {
      await newProject(server, maya, name);
    }
    const first = await readProjects(maya, '?search=FIND&limit=2');
    expect([names(first.projects), first.next]).toEqual([['find-a', 'find-b'], 'find-b']);
    const second = await readProjects(maya, `?search=find&limit=2&after=${first.next ?? ''}`);
    expect([names(second.projects), second.next]).toEqual([['find-c', 'x-find_d'], undefined]);
    // The signs that SQL knows count as themselves.
    expect(names((await readProjects(maya, '?search=i_d')).projects)).toEqual([]);
    expect(names((await readProjects(maya, '?search=find_')).projects)).toEqual(['x-find_d']);
    expect(names((await readProjects(maya, '?search=%25')).projects)).toEqual([]);
    expect(names((await readProjects(maya, "?search=' or 1=1 --")).projects)).toEqual([]);
  });

  it('is deleted with its branches by admins, and leaves what it was', async () => {
    const project = await newProject(server, jonas, 'short-lived');
    const branch = await newBranch(server, jonas, project.id, 'feature');
    const refused = await send(`/${project.id}`, { method: 'DELETE', token: jonas });
    expect([refused.status, errorCode(refused)]).toEqual([403, 'role_insufficient']);
    await setRole(server, 'jonas', 'admin');
    expect((await send(`/${project.id}`, { method: 'DELETE', token: jonas })).status).toBe(204);
    await setRole(server, 'jonas', 'member');
    expect(await lastAudit()).toMatchObject({ action: 'project.deleted', target: 'acme/short-lived' });
    for (const path of ['', '/branches', `/branches/${branch.id}`]) {
      expect((await send(`/${project.id}${path}`, { token: maya })).status).toBe(404);
    }
    const again = await send(`/${project.id}`, { method: 'DELETE', token: maya });
    expect(again.status).toBe(404);
  });

  it('that is deleted while a request about it is under way is not found', async () => {
    const project = await newProject(server, maya, 'mid-request');
    const body = JSON.stringify({ name: 'late' });
    const request = http.request(`${server.origin}/v1/projects/${project.id}/branches`, {
      method: 'POST',
      headers: {
        ...bearerHeader(maya),
        'content-type': 'application/json',
        'content-length': body.length,
        expect: '100-continue',
      },
    });
    request.flushHeaders();
    // The guard has let it in.
    await once(request, 'continue');
    await send(`/${project.id}`, { method: 'DELETE', token: maya });
    request.end(body);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    expect([response.statusCode, JSON.parse(await text(response))]).toMatchObject([
      404,
      { error: { code: 'not_found' } },
    ]);
  });

  it('and its branches, made and deleted by many at once, never fail with 500', async () => {
    const project = await newProject(server, maya, 'crowded');
    const branch = (name: string) => send(`/${project.id}/branches`, { token: maya, body: { name } });
    const all = [
      ...Array.from({ length: 10 }, (_, at) => branch(`b-${String(at)}`)),
      send(`/${project.id}`, { method: 'PATCH', token: maya, body: { name: 'crowded-2' } }),
      send(`/${project.id}`, { method: 'DELETE', token: maya }),
      ...Array.from({ length: 10 }, (_, at) => branch(`c-${String(at)}`)),
      newApiKeyFor(project.id),
    ];
    const statuses = (await Promise.all(all)).map(({ status }) => status);
    expect(statuses.filter((status) => ![200, 201, 204, 404].includes(status))).toEqual([]);
    expect(statuses).toContain(204);
  });

  it('is one of 1,000 of its organization at most', async () => {
    const priya = await signIn(server, 'priya');
    const org_id = await orgId('northwind');
    const created_at = new Date().toISOString();
    const { projects } = await readProjects(priya);
    await server.context.write({}, async (tx) => {
      for (let number = projects.length; number < maxProjects; number += 1) {
        const id = newId('prj');
        const name = `filler-${String(number)}`;
        await tx
          .insertInto('projects')
          .values({ id, org_id, name, created_by: 'nobody', created_at })
          .execute();
      }
    });
    const refused = await send('', { token: priya, body: { name: 'too-many' } });
    expect([refused.status, errorCode(refused)]).toEqual([409, 'conflict']);
  });
});

const newApiKeyFor = (project: string) =>
  call(server, '/v1/api-keys', {
    token: maya,
    body: { name: 'x', scope: { kind: 'project', ids: [project] } },
  });

async function orgId(slug: string): Promise<string> {
  const { id } = await server.context.db
    .selectFrom('organizations')
    .select('id')
    .where('slug', '=', slug)
    .executeTakeFirstOrThrow();
  return id;
}

describe('a narrow key', () => {
  it('sees the projects and branches that it is for, and no others', async () => {
    const [mine, other] = [await newProject(server, maya, 'narrow'), await newProject(server, maya, 'wide')];
    const [feature] = [
      await newBranch(server, maya, mine.id, 'feature'),
      await newBranch(server, maya, mine.id, 'else'),
    ];
    const ofProject = await newApiKey(server, maya, { scope: { kind: 'project', ids: [mine.id] } });
    const ofBranch = await newApiKey(server, maya, { scope: { kind: 'branch', ids: [feature.id] } });
    expect(names((await readProjects(ofProject.secret)).projects)).toEqual(['narrow']);
    expect((await readProjects(ofProject.secret)).projects).toMatchObject([{ branch_count: 3 }]);
    // A branch key sees its project, and of its branches its own alone.
    expect((await readProjects(ofBranch.secret)).projects).toMatchObject([
      { name: 'narrow', branch_count: 1 },
    ]);
    const seen = async (token: string) => {
      const { body } = await send(`/${mine.id}/branches`, { token });
      return names(branchListSchema.parse(body).branches);
    };
    expect(await seen(ofProject.secret)).toEqual(['else', 'feature', 'main']);
    expect(await seen(ofBranch.secret)).toEqual(['feature']);
    for (const { secret } of [ofProject, ofBranch]) {
      const refused = await send(`/${other.id}`, { token: secret });
      expect([refused.status, errorCode(refused)]).toEqual([403, 'scope_insufficient']);
      // Searching finds no more.
      expect((await readProjects(secret, '?search=wide')).projects).toEqual([]);
    }
  });

  it('is named before its project is deleted, and says afterwards that nothing is left', async () => {
    const [gone, stays] = [await newProject(server, maya, 'gone'), await newProject(server, maya, 'stays')];
    const branch = await newBranch(server, maya, gone.id, 'feature');
    const only = await newApiKey(server, maya, { name: 'only', scope: { kind: 'project', ids: [gone.id] } });
    await newApiKey(server, maya, { name: 'both', scope: { kind: 'project', ids: [gone.id, stays.id] } });
    await newApiKey(server, jonas, { name: 'branch', scope: { kind: 'branch', ids: [branch.id] } });
    await newApiKey(server, maya, { name: 'else', scope: { kind: 'project', ids: [stays.id] } });
    const { body } = await send(`/${gone.id}/api-keys`, { token: maya });
    expect(scopedKeysSchema.parse(body)).toMatchObject({
      api_keys: [
        { name: 'both', creator: 'maya', only: false },
        { name: 'branch', creator: 'jonas', only: true },
        { name: 'only', creator: 'maya', only: true },
      ],
      total: 3,
    });
    await send(`/${gone.id}`, { method: 'DELETE', token: maya });
    const whoami = await call(server, '/v1/whoami', { token: only.secret });
    expect(whoami).toMatchObject({ status: 200, body: { auth: { key_id: only.id, inert: true } } });
    for (const path of ['/v1/projects', `/v1/projects/${stays.id}`, '/v1/events', '/v1/api-keys/']) {
      const refused = await call(server, path, { token: only.secret });
      expect([path, refused.status, refused.body]).toMatchObject([
        ...[path, 403],
        {
          error: {
            code: 'scope_insufficient',
            message: expect.stringContaining('has been deleted') as string,
          },
        },
      ]);
    }
    const deleted = await call(server, `/v1/projects/${gone.id}`, { token: only.secret });
    expect(deleted.status).toBe(404);
  });
});

it('tells who follows what happens to projects and branches', async () => {
  const stream = await followEvents(server, '/v1/events', bearerHeader(jonas));
  const project = await newProject(server, maya, 'told');
  const ofOne = await followEvents(server, `/v1/projects/${project.id}/events`, bearerHeader(jonas));
  const narrow = await newApiKey(server, jonas, {
    ...{ capability: 'agent', scope: { kind: 'project', ids: [project.id] } },
  });
  const byKey = await followEvents(server, `/v1/projects/${project.id}/events`, bearerHeader(narrow.secret));
  await newProject(server, maya, 'unheard');
  const branch = await newBranch(server, maya, project.id, 'feature');
  await send(`/${project.id}/branches/${branch.id}`, { method: 'PATCH', token: maya, body: { name: 'f2' } });
  await send(`/${project.id}/branches/${branch.id}`, { method: 'DELETE', token: maya });
  await send(`/${project.id}`, { method: 'PATCH', token: maya, body: { name: 'told-2' } });
  // The same name again is no change.
  await send(`/${project.id}`, { method: 'PATCH', token: maya, body: { name: 'told-2' } });
  await send(`/${project.id}`, { method: 'DELETE', token: maya });
  const said = (event: Awaited<ReturnType<typeof stream.next>>) =>
    `${event?.type.split('.')[0] ?? ''} ${String(event?.data['action'])} ${String(event?.data['name'] ?? '')}`.trim();
  const all = [];
  for (let count = 0; count < 8; count += 1) all.push(said(await stream.next()));
  expect(all).toEqual([
    ...['project created told', 'api-key created', 'project created unheard', 'branch created feature'],
    ...['branch renamed f2', 'branch deleted f2', 'project renamed told-2', 'project deleted told-2'],
  ]);
  stream.close();
  // A project's own streams end with it.
  const ofProject = [
    'branch created feature',
    'branch renamed f2',
    'branch deleted f2',
    'project renamed told-2',
  ];
  expect((await ofOne.rest()).map(said)).toEqual(ofProject);
  expect((await byKey.rest()).map(said)).toEqual(ofProject);
});
