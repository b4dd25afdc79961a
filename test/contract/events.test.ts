import { once } from 'node:events';
import http from 'node:http';
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sessionJwtSchema } from '../../contracts/server-api/kisenon/session.ts';
import type { Tx } from '../../reference-server/db/write.ts';
import { newestEvent, publish } from '../../reference-server/events/event-log.ts';
import { streamLimits } from '../../reference-server/events/event-streams.ts';
import { connectionLimits } from '../../reference-server/http/connection-limits.ts';
import { nextUlid } from '../../reference-server/events/ulid.ts';
import { bearerHeader } from '../support/credential-holders.ts';
import { followEvents } from '../support/event-stream.ts';
import type { EventFollower } from '../support/event-stream.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newPerson } from '../support/organization.ts';
import { call, errorCode, signIn } from '../support/server-client.ts';

let server: LocalServer;
beforeEach(async () => {
  server = await startLocalServer();
});
afterEach(() => server.stop());

async function orgId(slug = 'acme'): Promise<string> {
  const row = await server.context.db
    .selectFrom('organizations')
    .select('id')
    .where('slug', '=', slug)
    .executeTakeFirstOrThrow();
  return row.id;
}

/** Publishes an event that says a number; gives nothing before it is there. */
async function say(number: number, type: Parameters<typeof publish>[2]['type'] = 'member.changed.v1') {
  const org_id = await orgId();
  await server.context.write({}, (tx) =>
    publish(server.context, tx, { org_id, type, data: { action: 'said', id: String(number) } }),
  );
}

/** Publishes 10,100 events, most of them at once; the last 32 in one millisecond, so that one of them counts what is kept. */
async function flood(tx: Tx): Promise<void> {
  const org_id = await orgIdIn(tx);
  const type = 'member.changed.v1';
  let id = await newestEvent(tx);
  for (let done = 0; done < 10_068; done += 212) {
    const rows = Array.from({ length: Math.min(212, 10_068 - done) }, () => {
      id = nextUlid(server.context.now(), id);
      return { id, org_id, project_id: null, type, at: new Date().toISOString(), data: '{}' };
    });
    await tx.insertInto('events').values(rows).execute();
  }
  const now = server.context.now();
  for (let number = 0; number < 32; number += 1) {
    await publish({ now: () => now }, tx, { org_id, type, data: { action: 'said', id: 'many' } });
  }
}

async function follow(username: string, after?: string): Promise<EventFollower> {
  const token = await signIn(server, username);
  return followEvents(server, '/v1/events', {
    ...bearerHeader(token),
    ...(after === undefined ? {} : { 'last-event-id': after }),
  });
}

const numberOf = (event: Awaited<ReturnType<EventFollower['next']>>) => event?.data['id'];

const setRole = (username: string, role: 'viewer' | 'member' | 'admin' | null) =>
  server.context.write({}, async (tx) => {
    const { id } = server.user(username);
    if (role === null) await tx.deleteFrom('memberships').where('user_id', '=', id).execute();
    else await tx.updateTable('memberships').set({ role }).where('user_id', '=', id).execute();
  });

describe('a stream of events', () => {
  it('sends what happens from then on, in order, and nothing that was before', async () => {
    await say(1);
    const stream = await follow('jonas');
    expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(stream.headers.get('cache-control')).toBe('no-store');
    for (const number of [2, 3, 4]) await say(number);
    const events = [await stream.next(), await stream.next(), await stream.next()];
    expect(events.map(numberOf)).toEqual(['2', '3', '4']);
    expect(events.map((event) => event?.id ?? '').toSorted()).toEqual(events.map((event) => event?.id));
    expect(events[0]).toMatchObject({
      ...{ type: 'member.changed.v1', source: 'keyhold', org_id: await orgId() },
      ...{ data: { action: 'said', id: '2' } },
    });
    stream.close();
  });

  it('goes on behind Last-Event-ID, without a gap and without anything twice', async () => {
    const first = await follow('jonas');
    // The place to go on from is known before the first event.
    const before = first.lastId();
    first.close();
    for (let number = 1; number <= 250; number += 1) await say(number);
    const stream = await follow('maya', before);
    // There was no event yet: who has seen nothing reads everything anew.
    expect((await stream.next())?.type).toBe('resume.gap.v1');
    await say(251);
    const last = await stream.next();
    expect(numberOf(last)).toBe('251');
    stream.close();
    for (let number = 252; number <= 600; number += 1) await say(number);
    const again = await follow('maya', last?.id);
    for (let number = 252; number <= 600; number += 1) {
      expect(numberOf(await again.next())).toBe(String(number));
    }
    again.close();
  });

  it('sends each event once to each, while they come as fast as they can and readers go and come back', async () => {
    await say(0);
    const total = 300;
    const readAll = async (username: string) => {
      const seen: string[] = [];
      let stream = await follow(username, firstId);
      while (seen.length < total) {
        const event = await stream.next();
        seen.push(String(numberOf(event)));
        if (seen.length % 70 !== 0) continue;
        stream.close();
        stream = await follow(username, event?.id);
      }
      stream.close();
      return seen;
    };
    const { id: firstId } = await server.context.db
      .selectFrom('events')
      .select('id')
      .executeTakeFirstOrThrow();
    const readers = [readAll('maya'), readAll('jonas')];
    await Promise.all(Array.from({ length: total }, (_, index) => say(index + 1)));
    const rows = await server.context.db
      .selectFrom('events')
      .select('data')
      .where('id', '>', firstId)
      .orderBy('id')
      .execute();
    const numbers = rows.map(({ data }) => (JSON.parse(data) as { id: string }).id);
    expect(new Set(numbers).size).toBe(total);
    for (const seen of await Promise.all(readers)) expect(seen).toEqual(numbers);
  });

  it.each([
    ['an unknown id', '01ARZ3NDEKTSV4RRFFQ69G5FAV'],
    ['nonsense', 'x'.repeat(5000)],
    ['an SQL trick', "' or 1=1 --"],
  ])('begins with a gap after %s, and goes on from there', async (_, after) => {
    await say(1);
    const stream = await follow('jonas', after);
    const gap = await stream.next();
    expect(gap).toMatchObject({ type: 'resume.gap.v1', data: {} });
    await say(2);
    expect(numberOf(await stream.next())).toBe('2');
    stream.close();
    // The gap's own id is one to go on from.
    const again = await follow('jonas', gap?.id);
    expect(numberOf(await again.next())).toBe('2');
    again.close();
  });

  it('does not go on from an event of another organization', async () => {
    await server.context.write({}, async (tx) => {
      const organization = { id: 'o_other', slug: 'other', display_name: 'Other', kind: 'team' as const };
      await tx
        .insertInto('organizations')
        .values({ ...organization, created_at: new Date().toISOString() })
        .execute();
      await publish(server.context, tx, {
        ...{ org_id: 'o_other', type: 'member.changed.v1', data: { action: 'secret', id: 'x' } },
      });
    });
    const { id } = await server.context.db.selectFrom('events').select('id').executeTakeFirstOrThrow();
    const stream = await follow('jonas', id);
    expect((await stream.next())?.type).toBe('resume.gap.v1');
    await say(1);
    expect(numberOf(await stream.next())).toBe('1');
    stream.close();
  });

  it('forgets what is older than a day, and more than 10,000 of an organization', async () => {
    await say(1);
    const { db, write } = server.context;
    const count = async () => {
      const { all } = await db
        .selectFrom('events')
        .select((select) => select.fn.countAll<number>().as('all'))
        .executeTakeFirstOrThrow();
      return all;
    };
    const now = Date.now();
    vi.spyOn(server.context, 'now').mockImplementation(() => new Date(now + 24 * 3600_000 + 1000));
    await say(2);
    expect(await count()).toBe(1);
    await write({}, (tx) => flood(tx));
    expect(await count()).toBeGreaterThanOrEqual(10_000);
    expect(await count()).toBeLessThan(10_000 + 32);
  }, 120_000);
});

describe('a stream ends', () => {
  it('at once for a member who is removed, who is not told of it any more', async () => {
    const stream = await follow('jonas');
    await server.context.write({}, async (tx) => {
      await tx.deleteFrom('memberships').where('user_id', '=', server.user('jonas').id).execute();
      const data = { action: 'removed', id: server.user('jonas').id };
      await publish(server.context, tx, { org_id: await orgIdIn(tx), type: 'member.changed.v1', data });
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
        .where('org_id', '=', await orgIdIn(tx))
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

async function orgIdIn(tx: Pick<LocalServer['context']['db'], 'selectFrom'>): Promise<string> {
  const row = await tx
    .selectFrom('organizations')
    .select('id')
    .where('slug', '=', 'acme')
    .executeTakeFirstOrThrow();
  return row.id;
}

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

describe('a client that does not read', () => {
  it('has no more than a few pages made for it, and is cut off', async () => {
    await server.stop();
    server = await startLocalServer({}, { ...connectionLimits, window: 200 });
    const opened = vi.spyOn(server.context.eventStreams, 'open');
    const token = await signIn(server, 'jonas');
    const request = http.get(`${server.origin}/v1/events`, { headers: bearerHeader(token) });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.pause();
    const body = opened.mock.results[0]?.value as Readable;
    const org_id = await orgId();
    // More than the buffers of both ends hold.
    await server.context.write({}, async (tx) => {
      for (let number = 0; number < 400; number += 1) {
        const data = { action: 'said', id: 'x'.repeat(50_000) };
        await publish(server.context, tx, { org_id, type: 'member.changed.v1', data });
      }
    });
    await once(body, 'close');
    expect(body.readableEnded).toBe(false);
    expect(body.readableLength).toBeLessThanOrEqual(1);
  });

  it('is told of a gap where what it has not taken yet is forgotten', async () => {
    await say(0);
    const stream = await follow('jonas');
    await server.context.write({}, (tx) => flood(tx));
    expect((await stream.next())?.type).toBe('resume.gap.v1');
    await say(-1);
    expect(numberOf(await stream.next())).toBe('-1');
    stream.close();
  });
});

it('tells errors by their code before there is a stream', async () => {
  expect(
    errorCode(await call(server, '/v1/projects/x/events', { token: await signIn(server, 'maya') })),
  ).toBe('invalid_request');
});
