import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sessionJwtSchema } from '../../contracts/server-api/kisenon/session.ts';
import { publish } from '../../reference-server/events/event-log.ts';
import { streamLimits } from '../../reference-server/events/event-streams.ts';
import { bearerHeader } from '../support/credential-holders.ts';
import { acmeEvents, followEvents, numberOf } from '../support/event-stream.ts';
import type { EventFollower } from '../support/event-stream.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newPerson } from '../support/organization.ts';
import { call, signIn } from '../support/server-client.ts';
import { newTestKey } from '../support/test-key.ts';

let server: LocalServer;
beforeEach(async () => {
  server = await startLocalServer();
});
afterEach(() => server.stop());

const { orgId, say, follow } = acmeEvents(() => server);

const setRole = (username: string, role: 'viewer' | 'member' | 'admin' | null) =>
  server.context.write({}, async (tx) => {
    const { id } = server.user(username);
    if (role === null) await tx.deleteFrom('memberships').where('user_id', '=', id).execute();
    else await tx.updateTable('memberships').set({ role }).where('user_id', '=', id).execute();
  });

describe('a stream ends', () => {
  it('at once for a member who is removed, who is not told of it any more', async () => {
    const stream = await follow('jonas');
    await server.context.write({}, async (tx) => {
      await tx.deleteFrom('memberships').where('user_id', '=', server.user('jonas').id).execute();
      const data = { action: 'removed', id: server.user('jonas').id };
      await publish(server.context, tx, { org_id: await orgId(tx), type: 'member.changed.v1', data });
    });
    expect(await stream.rest()).toEqual([]);
  });

  const ends: Record<string, (token: string) => Promise<unknown>> = {
    'the session signs out': (token) => call(server, '/v1/auth/logout', { method: 'POST', token }),
    'the user is disabled': () =>
      server.context.write({}, (tx) =>
        tx
          .updateTable('users')
          .set({ status: 'disabled' })
          .where('id', '=', server.user('jonas').id)
          .execute(),
      ),
    'the user is deleted': () =>
      server.context.write({}, (tx) =>
        tx.deleteFrom('principals').where('id', '=', server.user('jonas').id).execute(),
      ),
    'the organization is deleted': () =>
      server.context.write({}, async (tx) => {
        await tx.deleteFrom('repositories').execute();
        await tx.deleteFrom('organizations').where('slug', '=', 'acme').execute();
      }),
    'its time is over, at the next sign of life': () => {
      const now = Date.now();
      vi.spyOn(server.context, 'now').mockImplementation(() => new Date(now + 13 * 3600_000));
      server.context.eventStreams.beat();
      return Promise.resolve();
    },
  };
  it.each(Object.keys(ends))('when %s', async (name) => {
    const token = await signIn(server, 'jonas');
    const stream = await followEvents(server, '/v1/events', bearerHeader(token));
    expect(stream.status).toBe(200);
    await ends[name]?.(token);
    expect(await stream.rest()).toEqual([]);
  });

  it('with the 15 minutes of a server JWT, at its own time', async () => {
    const { password } = server.user('jonas');
    const { body } = await call(server, '/v1/auth/login', {
      body: { username: 'jonas', password, as: 'jwt' },
    });
    const { token } = sessionJwtSchema.parse(body);
    const began = Date.now();
    const now = vi.spyOn(server.context, 'now');
    now.mockImplementation(() => new Date(began + 14 * 60_000));
    const stream = await followEvents(server, '/v1/events', bearerHeader(token));
    await say(1);
    expect(numberOf(await stream.next())).toBe('1');
    now.mockImplementation(() => new Date(began + 15 * 60_000 + 1000));
    await say(2);
    expect(await stream.rest()).toEqual([]);
  });

  it('when the caller came to act in another organization', async () => {
    const token = await signIn(server, 'jonas');
    const stream = await followEvents(server, '/v1/events', bearerHeader(token));
    await server.context.write({}, async (tx) => {
      const created_at = new Date().toISOString();
      const other = {
        id: 'o_other',
        slug: 'other',
        display_name: 'Other',
        kind: 'team' as const,
        created_at,
      };
      await tx.insertInto('organizations').values(other).execute();
      const user_id = server.user('jonas').id;
      await tx
        .insertInto('memberships')
        .values({ org_id: 'o_other', user_id, role: 'owner', created_at })
        .execute();
      await tx
        .deleteFrom('memberships')
        .where('user_id', '=', user_id)
        .where('org_id', '=', await orgId(tx))
        .execute();
    });
    expect(await stream.rest()).toEqual([]);
  });

  it('with the server, which stops in time', async () => {
    const streams = [await follow('jonas'), await follow('maya')];
    const stopped = server.stop();
    for (const stream of streams) expect(await stream.rest()).toEqual([]);
    await stopped;
    server = await startLocalServer();
  });
});

describe('who may follow', () => {
  it('is every member, and sees what the role may see', async () => {
    await setRole('jonas', 'viewer');
    const [viewer, owner] = [await follow('jonas'), await follow('maya')];
    await say(1, 'invitation.changed.v1');
    await say(2, 'api-key.changed.v1');
    await say(3, 'project.changed.v1');
    expect([await owner.next(), await owner.next(), await owner.next()].map(numberOf)).toEqual([
      '1',
      '2',
      '3',
    ]);
    expect(numberOf(await viewer.next())).toBe('3');
    // A role that rises counts at once for a session.
    await setRole('jonas', 'admin');
    await say(4, 'invitation.changed.v1');
    expect(numberOf(await viewer.next())).toBe('4');
    viewer.close();
    owner.close();
  });

  it('hears of the own API keys', async () => {
    const stream = await follow('jonas');
    const org_id = await orgId();
    await server.context.write({}, async (tx) => {
      for (const user of ['maya', 'jonas']) {
        const data = { action: 'created', id: user, user_id: server.user(user).id };
        await publish(server.context, tx, { org_id, type: 'api-key.changed.v1', data });
      }
    });
    expect(numberOf(await stream.next())).toBe('jonas');
    stream.close();
  });

  it('is nobody without a credential, nobody from elsewhere, and no bot', async () => {
    expect((await call(server, '/v1/events')).status).toBe(401);
    const { token } = await newPerson(server);
    expect((await call(server, '/v1/events', { token })).status).toBe(404);
    const maya = { token: await signIn(server, 'maya') };
    await call(server, '/v1/orgs/acme/bots', { ...maya, body: { name: 'ci' } });
    const key = await newTestKey();
    const registration_token = await key.registrationToken('bot:acme/ci', server.origin);
    await call(server, '/v1/orgs/acme/bots/ci/keys', { ...maya, body: { registration_token } });
    const bot = await key.apiToken('bot:acme/ci', server.origin);
    expect((await call(server, '/v1/whoami', { token: bot })).status).toBe(200);
    expect((await call(server, '/v1/events', { token: bot })).status).toBe(404);
  });

  it('gets 429 with too many streams open, and room again when one ends', async () => {
    const token = await signIn(server, 'jonas');
    const open = () => followEvents(server, '/v1/events', bearerHeader(token));
    const streams: EventFollower[] = [];
    for (let count = 0; count < streamLimits.perCaller; count += 1) streams.push(await open());
    const refused = await open();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '15']);
    expect(refused.body).toMatchObject({ error: { code: 'rate_limited' } });
    // Others are not in the way.
    const other = await follow('maya');
    expect(other.status).toBe(200);
    streams[0]?.close();
    while ((await open()).status === 429) await setImmediate();
    other.close();
    for (const stream of streams) stream.close();
  });

  it('is told that the stream lives', async () => {
    const stream = await follow('jonas');
    server.context.eventStreams.beat();
    await say(1);
    await stream.next();
    expect(stream.beats()).toBe(1);
    stream.close();
  });
});

describe('a stream of the pages', () => {
  it('is that of the organization in the address, by the cookie', async () => {
    const token = await signIn(server, 'jonas');
    const cookie = `keyhold_session_${new URL(server.origin).port}=${token}`;
    const stream = await followEvents(server, '/orgs/acme/events', { cookie });
    await say(1);
    expect(numberOf(await stream.next())).toBe('1');
    await call(server, '/v1/auth/logout', { method: 'POST', token });
    expect(await stream.rest()).toEqual([]);
    const outsider = `keyhold_session_${new URL(server.origin).port}=${await signIn(server, 'priya')}`;
    const refused = await fetch(`${server.origin}/orgs/acme/events`, { headers: { cookie: outsider } });
    expect(refused.status).toBe(404);
  });
});
