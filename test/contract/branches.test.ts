import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { branchListSchema, branchSchema } from '../../contracts/server-api/kisenon/projects.ts';
import { maxBranches } from '../../reference-server/identity/branches.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { defaultBranch, newBranch, newProject } from '../support/organization-samples.ts';
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

describe('a branch', () => {
  it.each([
    '',
    ' main',
    'a b',
    'a//b',
    '/a',
    'a/',
    '../a',
    'm\u0430in',
    'main\u200B',
    'a\nb',
    'a'.repeat(101),
    null,
  ])('cannot be named %j', async (name) => {
    const { id } = await newProject(server, maya, `p-${newId('prj').slice(4)}`);
    const { id: branch } = await newBranch(server, maya, id, 'feature');
    for (const result of [
      await send(`/${id}/branches`, { token: maya, body: { name } }),
      await send(`/${id}/branches/${branch}`, { method: 'PATCH', token: maya, body: { name } }),
      await send('', { token: maya, body: { name: `p-${newId('prj').slice(4)}`, default_branch: name } }),
    ]) {
      expect([result.status, errorCode(result)]).toEqual([400, 'invalid_request']);
    }
  });

  it('is made, renamed, found and deleted by members', async () => {
    const { id } = await newProject(server, maya, 'branches');
    const path = `/${id}/branches`;
    const made = await send(path, { token: jonas, body: { name: 'feature/Login-1' } });
    expect(made.status).toBe(201);
    const branch = branchSchema.parse(made.body);
    expect(branch).toMatchObject({ name: 'feature/Login-1', default: false, project_id: id });
    expect((await send(path, { token: jonas, body: { name: 'feature/Login-1' } })).status).toBe(409);
    const renamed = await send(`${path}/${branch.id}`, {
      ...{ method: 'PATCH', token: jonas, body: { name: 'login' } },
    });
    expect(renamed.body).toEqual({ ...branch, name: 'login' });
    expect((await send(`${path}/${branch.id}`, { token: jonas })).body).toEqual({ ...branch, name: 'login' });
    const taken = await send(`${path}/${branch.id}`, {
      method: 'PATCH',
      token: jonas,
      body: { name: 'main' },
    });
    expect(taken.status).toBe(409);
    const { body } = await send(`${path}?search=OG&limit=1`, { token: jonas });
    expect(branchListSchema.parse(body).branches).toMatchObject([{ name: 'login' }]);
    expect((await send(`${path}/${branch.id}`, { method: 'DELETE', token: jonas })).status).toBe(204);
    const audit = await call(server, '/v1/audit?limit=1', { token: maya });
    expect(audit.body).toMatchObject({
      events: [{ action: 'branch.deleted', target: 'acme/branches:login', actor_name: 'jonas' }],
    });
    expect((await send(`${path}/${branch.id}`, { method: 'DELETE', token: jonas })).status).toBe(404);
  });

  it('that is the default one may be renamed, and stays as long as its project', async () => {
    const { id } = await newProject(server, maya, 'default');
    const branch = await defaultBranch(server, maya, id);
    const path = `/${id}/branches/${branch.id}`;
    const refused = await send(path, { method: 'DELETE', token: maya });
    expect([refused.status, errorCode(refused)]).toEqual([409, 'conflict']);
    expect((await send(path, { method: 'PATCH', token: maya, body: { name: 'trunk' } })).status).toBe(200);
    expect((await send(`/${id}`, { token: maya })).body).toMatchObject({ default_branch: 'trunk' });
    expect((await send(path, { method: 'DELETE', token: maya })).status).toBe(409);
  });

  it('belongs to its project: by the address of another one it is not found, and nothing moves it', async () => {
    const [one, two] = [await newProject(server, maya, 'one'), await newProject(server, maya, 'two')];
    const branch = await newBranch(server, maya, one.id, 'wanders');
    const elsewhere = `/${two.id}/branches/${branch.id}`;
    for (const options of [
      { token: maya },
      { token: maya, method: 'PATCH', body: { name: 'moved' } },
      { token: maya, method: 'DELETE' },
    ]) {
      expect((await send(elsewhere, options)).status).toBe(404);
    }
    const moved = await send(`/${one.id}/branches/${branch.id}`, {
      ...{ method: 'PATCH', token: maya, body: { name: 'wanders', project_id: two.id } },
    });
    expect([moved.status, errorCode(moved)]).toEqual([400, 'invalid_request']);
  });

  it('is one of 1,000 of its project at most', async () => {
    const { id: project_id } = await newProject(server, maya, 'full');
    const created_at = new Date().toISOString();
    await server.context.write({}, async (tx) => {
      for (let number = 1; number < maxBranches; number += 1) {
        const name = `filler-${String(number)}`;
        const row = { id: newId('br'), project_id, name, is_default: 0 as const, created_at };
        await tx.insertInto('branches').values(row).execute();
      }
    });
    const refused = await send(`/${project_id}/branches`, { token: maya, body: { name: 'too-many' } });
    expect([refused.status, errorCode(refused)]).toEqual([409, 'conflict']);
  });
});
