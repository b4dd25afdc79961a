import { EventEmitter } from 'node:events';
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { publish } from '../../../../reference-server/events/event-log.ts';
import { streamLimits } from '../../../../reference-server/events/event-streams.ts';
import type { Sight, StreamOrder } from '../../../../reference-server/events/event-streams.ts';
import { newTestContext } from '../../../support/server-context.ts';
import type { TestContext } from '../../../support/server-context.ts';

const orgId = 'o_1';
let context: TestContext;
let sight: Sight | null;
let looks: number;
beforeEach(async () => {
  context = await newTestContext();
  await context.write({}, (tx) =>
    tx
      .insertInto('organizations')
      .values({ id: orgId, slug: 'acme', display_name: 'Acme', kind: 'team', created_at: 'now' })
      .execute(),
  );
  sight = { sees: () => true, ends: null };
  looks = 0;
});
afterEach(async () => {
  context.eventStreams.close();
  vi.useRealTimers();
  await context.db.destroy();
});

function open(callerId = 'u_1', more: Partial<StreamOrder> = {}): { body: Readable; hangUp: () => void } {
  const response = new EventEmitter();
  const look = () => {
    looks += 1;
    return Promise.resolve(sight);
  };
  const order = { callerId, orgId, projectId: null, after: null, look, ...more };
  const body = context.eventStreams.open(order, response);
  return { body, hangUp: () => response.emit('close') };
}

const say = (id: string) =>
  context.write({}, (tx) =>
    publish(context, tx, { org_id: orgId, type: 'member.changed.v1', data: { action: 'said', id } }),
  );

/** Lets the streams do what they have to, until they have looked so many times. */
async function lookedAt(times: number): Promise<void> {
  while (looks < times) await setImmediate();
  // And for what comes of it.
  for (let turn = 0; turn < 5; turn += 1) await setImmediate();
  expect(looks).toBe(times);
}

/** What a stream says until it ends. */
async function readAll(body: Readable): Promise<string> {
  let said = '';
  for await (const piece of body) said += String(piece);
  return said;
}

describe('open streams', () => {
  it('are so many for each caller and in total, and give room when they end', () => {
    const all = Array.from({ length: streamLimits.total }, (_, at) => open(`u_${String(at)}`));
    expect(() => open('u_new')).toThrow(/The server has too many open streams/);
    all[0]?.hangUp();
    open('u_new');
    expect(() => open('u_0')).toThrow(/The server has too many/);
    for (const { hangUp } of all) hangUp();
    for (let count = 1; count < streamLimits.perCaller; count += 1) open('u_new');
    expect(() => open('u_new')).toThrow(/You have too many open streams/);
    open('u_other');
  });

  it('are looked at when something that rights are made of is changed, and by nothing else', async () => {
    const { body } = open();
    const said = readAll(body);
    await lookedAt(1);
    await context.write({}, (tx) => tx.deleteFrom('registry_uploads').execute());
    await say('1');
    await lookedAt(2);
    await context.write({}, (tx) => tx.updateTable('memberships').set({ role: 'viewer' }).execute());
    await lookedAt(3);
    sight = null;
    await context.write({}, (tx) => tx.deleteFrom('sessions').execute());
    expect(await said).toMatch(/^id: 0{26}\n\nid: \w{26}\ndata: \{.*"id":"1"\}\}\n\n$/);
    expect(looks).toBe(4);
  });

  it('end at the moment of their credential, without anything that happens', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] });
    sight = { sees: () => true, ends: new Date(context.now().getTime() + 5000) };
    const { body } = open();
    const said = readAll(body);
    await lookedAt(1);
    sight = null;
    vi.advanceTimersByTime(4999);
    expect(looks).toBe(1);
    vi.advanceTimersByTime(1);
    expect(await said).toMatch(/^id: 0{26}\n\n$/);
  });

  it('show every 15 seconds that they live, and no timer runs without any', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] });
    const { body, hangUp } = open();
    const said = readAll(body);
    await lookedAt(1);
    vi.advanceTimersByTime(15_000);
    await lookedAt(2);
    expect(vi.getTimerCount()).toBe(1);
    hangUp();
    expect(await said).toMatch(/\n\n:\n\n$/);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('say what they see of a page, and nothing of the rest', async () => {
    sight = { sees: ({ data }) => data.includes('"shown"'), ends: null };
    const { body, hangUp } = open();
    const said = readAll(body);
    await lookedAt(1);
    await context.write({}, async (tx) => {
      for (const id of ['hidden', 'shown', 'hidden', 'shown']) {
        await publish(context, tx, {
          org_id: orgId,
          type: 'member.changed.v1',
          data: { action: 'said', id },
        });
      }
    });
    await lookedAt(2);
    hangUp();
    expect((await said).match(/"id":"(shown|hidden)"/g)).toEqual(['"id":"shown"', '"id":"shown"']);
  });

  it('fail as a whole where the look fails, and open no more once the server stops', async () => {
    const { body } = open('u_1', { look: () => Promise.reject(new Error('The database is gone.')) });
    await expect(readAll(body)).rejects.toThrow('The database is gone.');
    context.eventStreams.close();
    expect(await readAll(open('u_2').body)).toMatch(/^id: 0{26}\n\n$/);
  });
});
