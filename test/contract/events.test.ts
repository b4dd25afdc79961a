import { once } from 'node:events';
import http from 'node:http';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Tx } from '../../reference-server/db/write.ts';
import { newestEvent, publish } from '../../reference-server/events/event-log.ts';
import { connectionLimits } from '../../reference-server/http/connection-limits.ts';
import { nextUlid } from '../../reference-server/events/ulid.ts';
import { bearerHeader } from '../support/credential-holders.ts';
import { acmeEvents, numberOf } from '../support/event-stream.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { call, errorCode, signIn } from '../support/server-client.ts';

let server: LocalServer;
beforeEach(async () => {
  server = await startLocalServer();
});
afterEach(() => server.stop());

const { orgId, say, follow } = acmeEvents(() => server);

/** Publishes 10,100 events, most of them at once; the last 32 in one millisecond, so that one of them counts what is kept. */
async function flood(tx: Tx): Promise<void> {
  const org_id = await orgId(tx);
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
