import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../reference-server/identity/ids.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { allowedCode, exchange, newProgram } from '../support/loopback-program.ts';
import { auditOf, jwtOf, storeApiKey, newTeam, sendDeed } from '../support/organization.ts';
import type { Team } from '../support/organization.ts';
import { registryToken, RepositoryClient } from '../support/registry-client.ts';
import { call, errorCode } from '../support/server-client.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());

describe('who is removed, or leaves', () => {
  it.each(['remove', 'leave'] as const)('keeps nothing that is open: %s', async (way) => {
    const team = await newTeam(server, { o: 'owner', p: 'owner' });
    const person = team.person('p');
    const client = await RepositoryClient.open(
      server,
      { username: 'any', password: await jwtOf(server, person, team.slug) },
      `${team.slug}/web`,
    );
    const image = await client.newImage('web');
    await client.putManifest('v1', image);
    const key = await storeApiKey(server, team.id, person.id);
    const jwt = await jwtOf(server, person, team.slug);
    const byKey = new RepositoryClient(
      server,
      client.name,
      await registryToken(server, { username: 'any', password: key.secret }, `repository:${client.name}:*`),
    );
    const open = () =>
      Promise.all([
        client.send('manifests/v1'),
        byKey.send('manifests/v1'),
        client.send('blobs/uploads/', { method: 'POST' }),
        call(server, `/v1/orgs/${team.slug}`, { token: person.token }),
        call(server, `/v1/orgs/${team.slug}`, { token: jwt }),
        call(server, `/v1/orgs/${team.slug}`, { token: key.secret }),
      ]);
    expect((await open()).map(({ status }) => status)).toEqual([200, 200, 202, 200, 200, 200]);

    const program = newProgram({ org: team.slug });
    const code = await allowedCode(server, person.token, program);
    await allow(client.name, person.id);
    await call(server, `/v1/orgs/${team.slug}/invitations`, {
      token: person.token,
      body: { emails: ['late@acme.example'] },
    });
    const by = way === 'leave' ? 'p' : 'o';
    expect((await sendDeed(server, team, { kind: 'remove', by, who: 'p' })).status).toBe(204);
    expect((await open()).map(({ status }) => status)).toEqual([404, 401, 404, 404, 404, 401]);
    expect(await auditOf(server, team.slug, way === 'leave' ? 'member.left' : 'member.removed')).toEqual([
      {
        target: person.username,
        by: team.person(by).username,
        details: { api_keys_revoked: 1, authorizations_removed: 1, invitations_revoked: 1 },
      },
    ]);

    await comeBack(team, person.id);
    expect((await call(server, `/v1/orgs/${team.slug}`, { token: key.secret })).status).toBe(401);
    expect((await byKey.send('manifests/v1')).status).toBe(401);
    expect(errorCode(await exchange(server, program, code))).toBe('invalid_grant');
    // What was denied to the member is denied still.
    const left = await server.context.db
      .selectFrom('grants')
      .select('effect')
      .where('principal_id', '=', person.id)
      .execute();
    expect(left).toEqual([{ effect: 'deny' }]);
  });

  /** A right on a repository, and one that is denied. */
  async function allow(name: string, principal_id: string): Promise<void> {
    await server.context.write({}, async (tx) => {
      const { id: repository_id } = await tx
        .selectFrom('repositories')
        .select('id')
        .where('full_name', '=', name)
        .executeTakeFirstOrThrow();
      const given = { repository_id, principal_id, batch: null, created_by: principal_id };
      const created_at = server.context.now().toISOString();
      for (const [effect, actions] of [
        ['allow', 'read'],
        ['deny', 'delete'],
      ] as const) {
        await tx
          .insertInto('grants')
          .values({ ...given, id: newId('g'), actions, effect, created_at, expires_at: null })
          .execute();
      }
    });
  }

  async function comeBack({ id: org_id }: Team, user_id: string): Promise<void> {
    const created_at = server.context.now().toISOString();
    await server.context.write({}, (tx) =>
      tx.insertInto('memberships').values({ org_id, user_id, role: 'member', created_at }).execute(),
    );
  }
});
