import { verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expiresPageSchema, inventoryPageSchema } from '../../contracts/server-api/tkeeper/inventory.ts';
import { signedLineSchema } from '../../contracts/server-api/tkeeper/audit.ts';
import type { SignedLine } from '../../contracts/server-api/tkeeper/audit.ts';
import { b64, KeeperRig, readPublicKey } from '../support/keeper-rig.ts';

let rig: KeeperRig;
const hour = 3_600_000;
const start = Date.now();
/** In hours from now: when keys sign, and verify, no more. */
const ends = [
  { id: 'a', apply: -5, process: -1, owner: 'team/one' },
  { id: 'b', apply: -2, process: 9, owner: 'team/one' },
  { id: 'c', apply: 1, process: 2, owner: 'team/two' },
  { id: 'd:1', apply: 3, process: null, owner: 'team/two' },
  { id: 'd:2', apply: 3, process: 4, owner: null },
  { id: 'e', apply: null, process: null, owner: null },
] as const;
const end = (hours: number | null) =>
  hours === null ? null : { unit: 'MILLISECONDS', notAfter: start + hours * hour };

beforeAll(async () => {
  rig = await KeeperRig.unsealed();
  for (const { id, apply, process, owner } of ends) {
    const policy = { apply: end(apply), process: end(process) };
    expect((await rig.generate(id, 'ED25519', { policy, assetOwner: owner })).status).toBe(204);
  }
  await rig.generate('c', 'ED25519', { mode: 'ROTATE' });
  await rig.generate('c', 'ED25519', { mode: 'REFRESH' });
  await rig.ask('/v1/keeper/destroy', { keyId: 'c', generation: 1 });
});
afterAll(() => rig.stop());

const inventoryPath = '/v1/keeper/compliance/inventory';
const inventory = async (query: string) =>
  inventoryPageSchema.parse((await rig.ask(`${inventoryPath}?${query}`)).body);

describe('the inventory', () => {
  it('has every key with what it is good for', async () => {
    const { inventory: found, hasMore, nextCursor } = await inventory('');
    expect(found).toMatchObject({ peerId: 1, threshold: 1, totalPeers: 1 });
    expect([hasMore, nextCursor]).toEqual([false, null]);
    expect(found.items.map(({ logicalId, status, assetOwner }) => [logicalId, status, assetOwner])).toEqual([
      ['a', 'EXPIRED', 'team/one'],
      ['b', 'APPLY_EXPIRED', 'team/one'],
      ['c', 'ACTIVE', 'team/two'],
      ['d:1', 'ACTIVE', 'team/two'],
      ['d:2', 'ACTIVE', null],
      ['e', 'ACTIVE', null],
    ]);
    expect(found.items[1]).toMatchObject({
      ...{ algorithm: 'ED25519', currentGeneration: 1, authorities: [{ id: 'ops' }], hasActiveKey: true },
      policy: { apply: end(-2), process: end(9), allowHistoricalProcess: true },
      tampered: false,
    });
  });

  it('has each generation where that is asked for', async () => {
    const { inventory: found } = await inventory('historical=true&logicalId=c');
    expect(
      found.items.map(({ currentGeneration, status, hasActiveKey }) => [
        currentGeneration,
        status,
        hasActiveKey,
      ]),
    ).toEqual([
      [1, 'DESTROYED', false],
      [2, 'DISABLED', false],
      [3, 'ACTIVE', true],
    ]);
  });

  it('is narrowed by id and by owner, and has nothing of what is not there', async () => {
    const ids = async (query: string) =>
      (await inventory(query)).inventory.items.map(({ logicalId }) => logicalId);
    expect(await ids('logicalId=d:2')).toEqual(['d:2']);
    expect(await ids('logicalId=zz')).toEqual([]);
    expect(await ids('assetOwner=team/two')).toEqual(['c', 'd:1']);
    expect(await ids('assetOwner=team/two&logicalId=a')).toEqual([]);
  });

  it.each(['', 'historical=true&', 'assetOwner=team/one&'])('comes in pages: %s', async (query) => {
    const whole = (await inventory(query)).inventory.items;
    const seen: unknown[] = [];
    for (let cursor = ''; ;) {
      const page = await inventory(`${query}limit=2${cursor}`);
      expect(page.inventory.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.inventory.items);
      expect(page.hasMore).toBe(typeof page.nextCursor === 'string');
      if (typeof page.nextCursor !== 'string') break;
      cursor = `&lastSeen=${encodeURIComponent(page.nextCursor)}`;
    }
    expect(seen).toEqual(whole);
  });

  it.each([
    ['limit=0', 'INVALID_QUERY_PARAMETER'],
    ['limit=201', 'INVALID_QUERY_PARAMETER'],
    ['limit=-1', 'INVALID_QUERY_PARAMETER'],
    ['limit=1e2', 'INVALID_QUERY_PARAMETER'],
    [`limit=${'9'.repeat(400)}`, 'INVALID_QUERY_PARAMETER'],
    ['limit=5&limit=6', 'INVALID_QUERY_PARAMETER'],
    ['order=asc', 'INVALID_QUERY_PARAMETER'],
    ['historical=yes', 'INVALID_QUERY_PARAMETER'],
    ['lastSeen=', 'INVALID_QUERY_PARAMETER'],
    ['lastSeen=A', 'INVALID_CURSOR'],
    ['lastSeen=a.1', 'INVALID_CURSOR'],
    ['historical=true&lastSeen=a', 'INVALID_CURSOR'],
    ['historical=true&lastSeen=a.x', 'INVALID_CURSOR'],
    ['assetOwner=A', 'INVALID_ASSET_OWNER'],
    ['logicalId=NO', 'INVALID_KEY_ID'],
  ])('refuses %s: %s', async (query, code) => {
    expect(await rig.ask(`${inventoryPath}?${query}`)).toMatchObject({ status: 400, code });
  });
});

describe('what ends', () => {
  const ending = async (rest: string) => {
    const page = expiresPageSchema.parse((await rig.ask(`/v1/keeper/expires${rest}`)).body);
    return page.items.map(({ type, logicalId }) => [type, logicalId]);
  };
  const at = (hours: number) => String(start + hours * hour);

  it('within a window, between two times, and what has ended', async () => {
    expect(await ending(`?type=apply&windowSec=${String(4 * 3600)}`)).toEqual([
      ...[
        ['APPLY', 'c'],
        ['APPLY', 'd:1'],
        ['APPLY', 'd:2'],
      ],
    ]);
    expect(await ending(`/apply?windowSec=${String(2 * 3600)}`)).toEqual([['APPLY', 'c']]);
    expect(await ending(`/process?windowSec=${String(5 * 3600)}`)).toEqual([
      ['PROCESS', 'c'],
      ['PROCESS', 'd:2'],
    ]);
    expect(await ending(`?type=apply&from=${at(-6)}&to=${at(-1)}`)).toEqual([
      ['APPLY', 'a'],
      ['APPLY', 'b'],
    ]);
    expect(await ending(`?type=PROCESS&to=${at(20)}`)).toEqual([
      ['PROCESS', 'c'],
      ['PROCESS', 'd:2'],
      ['PROCESS', 'b'],
    ]);
    expect(await ending('/expired?type=apply')).toEqual([
      ['APPLY', 'a'],
      ['APPLY', 'b'],
    ]);
    expect(await ending('/expired?type=process')).toEqual([['PROCESS', 'a']]);
    const { body } = await rig.ask(`/v1/keeper/expires/apply?windowSec=${String(2 * 3600)}`);
    expect(body['items']).toEqual([
      { type: 'APPLY', logicalId: 'c', generation: 3, expiresAt: start + hour },
    ]);
  });

  it('comes in pages, also where two end at once', async () => {
    const seen: unknown[] = [];
    for (let cursor = ''; ;) {
      const { body } = await rig.ask(`/v1/keeper/expires?type=apply&from=0&to=${at(100)}&limit=1${cursor}`);
      const page = expiresPageSchema.parse(body);
      seen.push(...page.items.map(({ logicalId }) => logicalId));
      if (typeof page.next !== 'string') break;
      cursor = `&cursor=${page.next}`;
    }
    expect(seen).toEqual(['a', 'b', 'c', 'd:1', 'd:2']);
  });

  it.each([
    ['?windowSec=1', 'MISSING_EXPIRE_TYPE'],
    ['?type=both&windowSec=1', 'INVALID_EXPIRE_TYPE'],
    ['?type=apply', 'MISSING_WINDOW'],
    ['?type=apply&from=1', 'MISSING_WINDOW'],
    ['?type=apply&windowSec=1&to=9', 'INVALID_EXPIRATION_TIME'],
    ['?type=apply&windowSec=1&from=9', 'INVALID_EXPIRATION_TIME'],
    ['?type=apply&from=9&to=8', 'INVALID_EXPIRATION_TIME'],
    ['?type=apply&windowSec=0', 'INVALID_QUERY_PARAMETER'],
    ['?type=apply&windowSec=1&limit=2001', 'INVALID_QUERY_PARAMETER'],
    ['?type=apply&windowSec=1&cursor=x', 'INVALID_CURSOR'],
    ['/apply', 'MISSING_WINDOW'],
    ['/apply?windowSec=1&type=apply', 'INVALID_QUERY_PARAMETER'],
    ['/expired', 'MISSING_EXPIRE_TYPE'],
    ['/expired?type=apply&windowSec=1', 'INVALID_QUERY_PARAMETER'],
  ])('is not told by %s: %s', async (rest, code) => {
    expect(await rig.ask(`/v1/keeper/expires${rest}`)).toMatchObject({ status: 400, code });
  });
});

/** The signed lines of the audit log, the oldest first, and of which action. */
async function lines(action?: string): Promise<{ line: SignedLine; text: string }[]> {
  const rows = await rig.server.context.db.selectFrom('audit_events').selectAll().orderBy('seq').execute();
  return rows.flatMap((row) => {
    const { line: text } = JSON.parse(row.details) as { line?: string };
    if (text === undefined || (action !== undefined && row.action !== action)) return [];
    return [{ line: signedLineSchema.parse(JSON.parse(text)), text }];
  });
}

describe('the audit log', () => {
  const check = async (line: object) => rig.ask('/v1/keeper/audit/verify', line);

  it('has a signed line of everything, also of what was refused', async () => {
    const before = (await lines()).length;
    const artifact = { scheme: 'EdDSA', data64: b64('a text that nobody logs') };
    await rig.sign('e', artifact);
    await rig.sign('nobody', artifact);
    const [signed, refused] = (await lines()).slice(before);
    expect(signed?.line.event).toMatchObject({
      ...{
        event: 'keeper.sign',
        auth: { subject: 'dev-mode' },
        crypto: { kid: 'e', algo: 'ED25519', generation: 1 },
      },
      request: { method: 'POST', path: '/v2/keeper/sign', remoteAddress: '127.0.0.1' },
      outcome: { statusCode: 200 },
    });
    expect(refused?.line.event).toMatchObject({
      crypto: { kid: 'nobody' },
      outcome: { error: 'KEY_NOT_FOUND' },
    });
    const whole = JSON.stringify(
      await rig.server.context.db.selectFrom('audit_events').selectAll().execute(),
    );
    expect(whole).not.toContain(artifact.data64);
    const all = await lines();
    for (const { line } of all) expect((await check(line)).body).toEqual({ valid: true });
    const begun = ['keeper.system.init', 'keeper.system.unseal', 'keeper.dkg.create'];
    expect(all.slice(0, 3).map(({ line }) => line.event.event)).toEqual(begun);
  });

  it('is signed by a published form: fields by name, without those that are null', async () => {
    const [{ line, text } = { line: null, text: '' }] = await lines('keeper.sign');
    const sorted = /^\{"event":(.*),"signature":"[^"]*"\}$/.exec(text)?.[1] ?? '';
    const { public_key: key } = await rig.server.context.db
      .selectFrom('keeper_integrity_keys')
      .select('public_key')
      .orderBy('version')
      .executeTakeFirstOrThrow();
    const signature = Buffer.from(line?.signature ?? '', 'base64');
    const publicKey = readPublicKey('ED25519', Buffer.from(key, 'base64'));
    expect(verify(null, Buffer.from(sorted), publicKey, signature)).toBe(true);
    const reordered = { signature: line?.signature, event: { dead: null, ...line?.event, imposters: null } };
    expect((await check(reordered)).body).toEqual({ valid: true });
  });

  it('tells lines that were changed', async () => {
    const [{ line } = { line: undefined }] = await lines('keeper.sign');
    if (line === undefined) throw new Error('There is no line.');
    const { event, signature } = line;
    for (const changed of [
      { event: { ...event, event: 'keeper.verify' }, signature },
      { event: { ...event, timestamp: event.timestamp + 1 }, signature },
      { event: { ...event, auth: { subject: 'mallory' } }, signature },
      { event: { ...event, approvers: [] }, signature },
      { event: { ...event, integrityKeyVersion: 99 }, signature },
      { event, signature: b64('x') },
      { event, signature: `${signature.slice(0, -4)}AAA=` },
    ]) {
      expect((await check(changed)).body).toEqual({ valid: false });
    }
    expect((await check({ event: { ...event, more: 1 }, signature })).code).toBe('INVALID_REQUEST_BODY');
    expect((await check({ event })).code).toBe('INVALID_REQUEST_BODY');
  });

  it('is verified in batches; two lines of one id hold together or not at all', async () => {
    const [first, second] = (await lines()).map(({ line }) => line);
    if (first === undefined || second === undefined) throw new Error('There are no lines.');
    const batch = (logs: object[]) => rig.ask('/v1/keeper/audit/verify/batch', { logs });
    const forged = { ...second, event: { ...second.event, event: 'keeper.nothing' } };
    expect((await batch([first, forged])).body).toEqual({
      ...{ [first.event.id]: { valid: true }, [second.event.id]: { valid: false } },
    });
    expect((await batch([forged, second])).body).toEqual({ [second.event.id]: { valid: false } });
    expect((await batch([second, forged])).body).toEqual({ [second.event.id]: { valid: false } });
    expect((await batch([])).code).toBe('INVALID_REQUEST_BODY');
    expect((await batch(Array.from({ length: 1001 }, () => first))).code).toBe('INVALID_REQUEST_BODY');
    expect((await batch(Array.from({ length: 1000 }, () => first))).status).toBe(200);
  });

  it('of a form that no line has is refused, however deep', async () => {
    const [first] = (await lines()).map(({ line }) => line);
    const withEvent = (change: object, depth = 0) =>
      JSON.stringify({ ...first, event: { ...first?.event, ...change } }).replace(
        '"DEEP"',
        '['.repeat(depth) + ']'.repeat(depth),
      );
    const verify = (text: string, path = '') => rig.ask(`/v1/keeper/audit/verify${path}`, text);
    const policy = { a: 'DEEP' };
    expect((await verify(withEvent({ policy }, 30))).body).toEqual({ valid: false });
    for (const text of [
      withEvent({ policy }, 5000),
      withEvent({ outcome: { approvals: ['DEEP'] } }, 100_000),
      withEvent({ id: '__proto__' }),
    ]) {
      expect((await verify(text)).code).toBe('INVALID_REQUEST_BODY');
      expect((await verify(`{"logs":[${text}]}`, '/batch')).code).toBe('INVALID_REQUEST_BODY');
    }
  });

  it('goes on with another key after a rotation; earlier lines hold', async () => {
    const earlier = (await lines()).at(-1)?.line;
    const answers = await Promise.all(
      [1, 2].map(() => rig.ask('/v1/keeper/integrity/rotate', undefined, { method: 'POST' })),
    );
    expect(answers.map(({ status }) => status)).toEqual([204, 204]);
    await rig.publicKey('e');
    const later = (await lines()).at(-1)?.line;
    expect([earlier?.event.integrityKeyVersion, later?.event.integrityKeyVersion]).toEqual([1, 3]);
    for (const line of [earlier, later]) expect((await check(line ?? {})).body).toEqual({ valid: true });
    const crossed = { event: { ...later?.event, integrityKeyVersion: 1 }, signature: later?.signature };
    expect((await check(crossed)).body).toEqual({ valid: false });
    const kept = await rig.server.context.db
      .selectFrom('keeper_integrity_keys')
      .select('material')
      .orderBy('version')
      .execute();
    expect(kept.map(({ material }) => material === null)).toEqual([true, true, false]);
  });
});

describe('what one node does not have', () => {
  it('is refused, and so are promotion and recovery', async () => {
    const promoted = await rig.ask('/v2/keeper/quorum/promote', { threshold: 2, total: 3 });
    expect(promoted).toMatchObject({ status: 403, code: 'NOT_MONO' });
    const recovered = await rig.ask('/v1/keeper/recovery/recover', { keyId: 'e', helperIds: [2] });
    expect(recovered).toMatchObject({ status: 400, code: 'RECOVERY_NOT_ENABLED' });
  });

  it('a key that is whole is consistent, and one that is not there is missing', async () => {
    const check = async (id: string) =>
      (await rig.ask(`/v1/keeper/consistency/fix?keyId=${id}`, undefined, { method: 'POST' })).body;
    expect(await check('c')).toEqual({
      ...{ verdict: 'OK', targetGeneration: 3, versions: { 1: { activeGen: 3, pendingGen: null } } },
    });
    expect(await check('zz')).toMatchObject({ verdict: 'MISSING' });
  });
});
