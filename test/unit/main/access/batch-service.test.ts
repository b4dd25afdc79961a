import { describe, expect, it } from 'vitest';
import { ipcContract } from '../../../../contracts/ipc/index.ts';
import { BatchService } from '../../../../main/core/access/batch-service.ts';
import { change, now, place, principal, refusal, standIn, type Reply } from './stand-in-service.ts';

let batches: BatchService;
const service = standIn((parts) => {
  batches = new BatchService(parts);
});

const key = '7c9e6679-7425-40de-944b-0000000000aa';
const batch = { changes: [change], version: '7', key };
const listed = (facts: object = {}) => ({
  batches: [
    {
      ...{ id: 'bat_1', key, made_at: now.toISOString(), made_by: { id: 'u_b', name: 'maya' }, changes: 1 },
      samples: [{ principal: 'jonas', repository: 'acme/api', before: ['later'], after: ['read', 'later'] }],
      ...{ undoes: null, undone_by: null, ...facts },
    },
  ],
});
const made: Reply = { status: 201, body: { id: 'bat_1', version: '8' } };

describe('a batch', () => {
  it('is sent with the version that was seen and a key of its own', async () => {
    service.reply = () => made;
    expect(await batches.apply(place, batch)).toEqual({ kind: 'done', batchId: 'bat_1' });
    expect(service.asked[0]?.headers).toMatchObject({ 'if-match': '"7"', 'idempotency-key': key });
    expect(service.noted).toEqual(['access.batch_made acme: acme/api, write: user:u_a']);
  });

  it('with an end in the past is not sent', async () => {
    const past = { ...batch, changes: [{ ...change, expiresAt: now.toISOString() }] };
    await expect(batches.apply(place, past)).rejects.toMatchObject({ code: 'expiry_passed' });
    expect(service.asked).toEqual([]);
  });

  it('that somebody else’s changes are in the way of names their cells', async () => {
    const cell = { principal: principal(), repository: 'acme/api', actions: ['later', 'read'] };
    const cells = [{ ...cell, changed_by: 'mara', changed_at: now.toISOString() }];
    service.reply = () => refusal(412, 'precondition_failed', { cells, later: 1 });
    const outcome = await batches.apply(place, batch);
    ipcContract.calls.access.apply.response.parse(outcome);
    expect(outcome).toMatchObject({
      kind: 'changed_meanwhile',
      cells: [{ repository: 'acme/api', actions: ['read'], changedBy: 'mara' }],
    });
    expect(service.noted).toEqual([]);
  });

  it.each([
    ['no answer', 'lost' as const],
    ['an answer of something else', { status: 200, body: 'Please sign in' }],
    ['a fault of the service', { status: 500, body: {} }],
  ])('whose answer was lost to %s is looked for by its key', async (_what, lost: Reply) => {
    service.reply = ({ method }) => (method === 'GET' ? { status: 200, body: listed() } : lost);
    expect(await batches.apply(place, batch)).toEqual({ kind: 'done', batchId: 'bat_1' });
    expect(service.asked.map(({ method }) => method)).toEqual(['POST', 'GET']);
    expect(service.noted).toHaveLength(1);
  });

  it('whose answer was lost and that was not made is sent once more, under the same key', async () => {
    let sent = 0;
    service.reply = ({ method }) => {
      if (method === 'GET') return { status: 200, body: listed({ key: null }) };
      sent += 1;
      return sent === 1 ? 'lost' : made;
    };
    expect(await batches.apply(place, batch)).toEqual({ kind: 'done', batchId: 'bat_1' });
    expect(service.asked.map(({ headers }) => headers?.['idempotency-key'])).toEqual([key, undefined, key]);
  });

  it('of which the service says nothing more is not said to be made, nor not to be', async () => {
    service.reply = () => 'lost';
    expect(await batches.apply(place, batch)).toEqual({ kind: 'unknown' });
    service.reply = ({ method }) => (method === 'GET' ? { status: 200, body: { batches: [] } } : 'lost');
    expect(await batches.apply(place, batch)).toEqual({ kind: 'unknown' });
    expect(service.noted).toEqual([]);
  });

  it('that the service had no time for was not made', async () => {
    service.reply = () => refusal(429, 'rate_limited');
    await expect(batches.apply(place, batch)).rejects.toMatchObject({ code: 'server_unreachable' });
    expect(service.asked).toHaveLength(1);
  });
});

describe('an undo', () => {
  it('is made, is there already, or stands in the way of later changes', async () => {
    service.reply = () => made;
    expect(await batches.undo(place, 'bat_9')).toEqual({ kind: 'done', batchId: 'bat_1' });
    expect(service.noted).toEqual(['access.batch_undone acme: bat_1']);
    service.reply = () => refusal(409, 'conflict');
    expect(await batches.undo(place, 'bat_9')).toEqual({ kind: 'undone_already' });
    const cell = { principal: principal(), repository: 'acme/api', actions: [] };
    const cells = [{ ...cell, changed_by: null, changed_at: now.toISOString() }];
    service.reply = () => refusal(409, 'conflict', { cells });
    expect(await batches.undo(place, 'bat_9')).toMatchObject({ kind: 'changed_meanwhile', cells: [{}] });
    for (const unread of [[{ later: true }], [{ ...cells[0], principal: principal({ kind: 'robot' }) }]]) {
      service.reply = () => refusal(409, 'conflict', { cells: unread });
      expect(await batches.undo(place, 'bat_9')).toEqual({ kind: 'changed_meanwhile', cells: [] });
    }
    service.reply = () => refusal(404, 'not_found');
    await expect(batches.undo(place, 'bat_9')).rejects.toMatchObject({ code: 'batch_gone' });
  });

  it.each(['', '../bat_1', 'b'.repeat(101)])('is not known to be made by the name %j', async (id) => {
    service.reply = () => ({ status: 201, body: { id, version: '8' } });
    expect(await batches.undo(place, 'bat_9')).toEqual({ kind: 'unknown' });
    service.reply = ({ method }) =>
      method === 'GET' ? { status: 200, body: listed({ undone_by: id }) } : 'lost';
    expect(await batches.undo(place, 'bat_1')).toEqual({ kind: 'unknown' });
    expect(service.noted).toEqual([]);
  });

  it('whose answer was lost is known by the batch that it took back', async () => {
    const undone = { undone_by: 'bat_2' };
    service.reply = ({ method }) => (method === 'GET' ? { status: 200, body: listed(undone) } : 'lost');
    expect(await batches.undo(place, 'bat_1')).toEqual({ kind: 'done', batchId: 'bat_2' });
    service.reply = ({ method }) => (method === 'GET' ? { status: 200, body: listed() } : 'lost');
    expect(await batches.undo(place, 'bat_1')).toEqual({ kind: 'unknown' });
  });
});

it('batches are told with what this version knows of them', async () => {
  service.reply = () => ({ status: 200, body: listed({ undoes: 'bat_0' }) });
  const told = await batches.batches(place);
  ipcContract.calls.access.batches.response.parse({ batches: told });
  expect(told).toMatchObject([
    {
      id: 'bat_1',
      madeBy: 'maya',
      isUndo: true,
      isUndone: false,
      samples: [{ before: [], after: ['read'] }],
    },
  ]);
});
