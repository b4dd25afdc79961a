import { once } from 'node:events';
import http from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { orgContentsSchema } from '../../contracts/server-api/kisenon/organizations.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import { collectGarbage, garbageGrace } from '../../reference-server/registry/garbage.ts';
import { openRegistry } from '../../reference-server/registry/registry.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { auditOf, jwtOf, storeApiKey, newTeam } from '../support/organization.ts';
import type { Person } from '../support/organization.ts';
import { sha256 } from '../support/oci-image.ts';
import { registryToken, RepositoryClient } from '../support/registry-client.ts';
import { call, errorCode } from '../support/server-client.ts';
import { newTestKey } from '../support/test-key.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());
afterEach(() => {
  vi.restoreAllMocks();
});

const remove = (slug: string, { token }: Person) =>
  call(server, `/v1/orgs/${slug}`, { method: 'DELETE', token });

describe('a deleted organization', () => {
  /** With something of each kind in it. */
  async function newFullTeam() {
    const team = await newTeam(server, { o: 'owner', m: 'member' });
    const owner = team.person('o');
    const base = `/v1/orgs/${team.slug}`;
    const { token } = owner;
    const login = { username: 'any', password: await jwtOf(server, owner, team.slug) };
    const client = await RepositoryClient.open(server, login, `${team.slug}/web`);
    const image = await client.newImage(`only in ${team.slug}`);
    await client.putManifest('v1', image);
    await call(server, `${base}/bots`, { token, body: { name: 'ci' } });
    const key = await newTestKey();
    const subject = `bot:${team.slug}/ci`;
    await call(server, `${base}/bots/ci/keys`, {
      token,
      body: { registration_token: await key.registrationToken(subject, server.origin) },
    });
    await call(server, `/v1/repos/${team.slug}/web/authorizations`, {
      token,
      body: { bot: 'ci', permission: 'writer' },
    });
    await call(server, `${base}/invitations`, {
      token,
      body: { emails: ['x@acme.example', 'y@acme.example'] },
    });
    const lines = [{ repositories: `${team.slug}/*`, actions: ['read'], days: null }];
    const template = { org: team.slug, name: 'guest', lines };
    expect((await call(server, '/v1/access/templates', { token, body: template })).status).toBe(201);
    const defaults = { org: team.slug, replaces: null, grants: [{ principal: subject, actions: ['read'] }] };
    const set = { method: 'PUT', token, body: defaults };
    expect((await call(server, '/v1/access/defaults', set)).status).toBe(200);
    const apiKey = await storeApiKey(server, team.id, owner.id);
    const created_at = server.context.now().toISOString();
    await server.context.write({}, (tx) =>
      tx
        .insertInto('projects')
        .values({ id: newId('prj'), org_id: team.id, name: 'shop', created_by: owner.id, created_at })
        .execute(),
    );
    const bot = await key.apiToken(subject, server.origin);
    const byBot = new RepositoryClient(
      server,
      client.name,
      await registryToken(server, { username: 'bot', password: bot }, `repository:${client.name}:pull,push`),
    );
    return { team, owner, base, client, image, apiKey, bot, byBot };
  }

  it('takes everything that is in it along, and says before what that is', async () => {
    const { team, owner, base, client, apiKey, bot, byBot } = await newFullTeam();
    const contents = await call(server, `${base}/contents`, { token: owner.token });
    const lost = { members: 2, repositories: 1, projects: 1, api_keys: 1, bots: 1, invitations: 2 };
    expect(orgContentsSchema.parse(contents.body)).toEqual(lost);
    expect((await byBot.send('manifests/v1')).status).toBe(200);
    const jwt = await jwtOf(server, owner, team.slug);
    const member = team.person('m');
    expect(errorCode(await remove(team.slug, member))).toBe('role_insufficient');
    expect(errorCode(await call(server, `${base}/contents`, { token: member.token }))).toBe(
      'role_insufficient',
    );

    expect((await remove(team.slug, owner)).status).toBe(204);
    expect(await auditOf(server, team.slug, 'organization.deleted')).toMatchObject([{ details: lost }]);
    expect((await client.send('manifests/v1')).status).toBe(404);
    expect((await byBot.send('manifests/v1')).status).toBe(401);
    expect((await call(server, '/v1/whoami', { token: bot })).status).toBe(401);
    expect((await call(server, '/v1/whoami', { token: apiKey.secret })).status).toBe(401);
    expect((await call(server, '/v1/whoami', { token: jwt })).body).toMatchObject({ org: null, role: null });
    expect((await call(server, base, { token: owner.token })).status).toBe(404);
    const { db } = server.context;
    for (const table of [
      'memberships',
      'repositories',
      'projects',
      'api_keys',
      'bots',
      'invitations',
      'events',
      'access_templates',
      'access_defaults',
      'access_default_grants',
    ] as const) {
      const rows = await db.selectFrom(table).select('org_id').where('org_id', '=', team.id).execute();
      expect([table, rows]).toEqual([table, []]);
    }
    const lone = await db
      .selectFrom('principals')
      .leftJoin('bots', 'bots.id', 'principals.id')
      .select('principals.id')
      .where('kind', '=', 'bot')
      .where('bots.id', 'is', null)
      .execute();
    expect(lone).toEqual([]);
  });

  it('gives the place of its images back, a day later, and of pushes that were under way', async () => {
    const { team, owner, client, image } = await newFullTeam();
    const upload = await client.beginUpload();
    await client.send(upload, { method: 'PATCH', body: 'half of it' });
    const registry = await openRegistry(server.context, () => Promise.resolve());
    const id = upload.split('/').at(-1)?.split('?')[0] ?? '';
    await remove(team.slug, owner);
    expect((await client.send(upload, { method: 'PATCH', body: 'more' })).status).toBe(404);
    expect(await registry.blobs.stored(image.config.digest)).not.toBeNull();
    expect(await registry.blobs.temporaryIds()).toContain(id);

    const later = Date.now() + garbageGrace + 60_000;
    vi.spyOn(server.context, 'now').mockImplementation(() => new Date(later));
    await registry.uploads.sweep();
    await collectGarbage(registry);
    expect(await registry.blobs.stored(image.config.digest)).toBeNull();
    expect(await registry.blobs.temporaryIds()).not.toContain(id);
  });

  it('answers a push that meets its end in the registry’s own words, whatever was sent', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { team, owner, client, image, byBot } = await newFullTeam();
      const other = await client.newImage(`late ${String(round)}`);
      const blob = Buffer.from(`late ${team.slug}`);
      const put = (by: RepositoryClient) =>
        by.send(`blobs/uploads/?digest=${sha256(blob)}`, { method: 'POST', body: blob });
      const mount = `blobs/uploads/?mount=${image.config.digest}&from=${client.name}`;
      const answers = await Promise.all([
        client.putManifest('v2', other),
        put(byBot),
        client.send('blobs/uploads/', { method: 'POST' }),
        remove(team.slug, owner),
        put(client),
        client.send(mount, { method: 'POST' }),
        client.putManifest('v3', image),
      ]).then((all) => all.map(({ status }) => status));
      expect(answers.filter((status) => status >= 500)).toEqual([]);
      expect(answers[3]).toBe(204);
    }
  });

  it('is not touched by what was let in before and has its body to come', async () => {
    const { team, owner, base } = await newFullTeam();
    const body = JSON.stringify({ name: 'Late' });
    const request = http.request(server.origin + base, {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${owner.token}`,
        'content-type': 'application/json',
        'content-length': body.length,
        expect: '100-continue',
      },
    });
    request.flushHeaders();
    await once(request, 'continue');
    await remove(team.slug, owner);
    request.end(body);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    expect(response.statusCode).toBe(404);
    response.resume();
  });
});
