import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { item, OddKeeper, page, paths } from './odd-keeper.ts';

let rig: OddKeeper;
beforeEach(async () => {
  rig = await OddKeeper.start();
});
afterEach(() => rig.stop());

const queryOf = (at: number): string => rig.asked[at]?.url.searchParams.toString() ?? '';

describe('how a keeper stands', () => {
  beforeEach(() => {
    rig.answer(paths.me, { subject: 'maya', actor: 'maya', permissions: ['tkeeper.key.*.sign'], later: 1 });
    rig.answer(paths.status, { state: 'UNSEALED', progress: { ready: true } });
    rig.answer(paths.capabilities, { algorithms: ['ED25519', 'MLDSA65'] });
  });

  it('is what it says of the caller, its seal and its algorithms, asked by the header of the dialect', async () => {
    expect(await rig.keeper.standing('c')).toEqual({
      ...{ subject: 'maya', permissions: ['tkeeper.key.*.sign'], isAll: true },
      ...{ state: 'UNSEALED', algorithms: ['ED25519', 'MLDSA65'] },
    });
    for (const { headers } of rig.asked) {
      expect(headers).toMatchObject({ 'x-jwt-token': 'a.b.c' });
      expect(headers).not.toHaveProperty('authorization');
    }
  });

  it('is not that of another whom the keeper takes the token to be of', async () => {
    rig.answer(paths.me, { subject: 'eve', actor: 'eve', permissions: ['tkeeper.*.*'] });
    await expect(rig.keeper.standing('c')).rejects.toMatchObject({ code: 'pasted_expired' });
    expect(rig.said).toEqual(['not_accepted']);
    expect(rig.asked).toHaveLength(1);
  });

  it('is not known where it does not say', async () => {
    rig.answer(paths.status, { state: 'MELTED', progress: { ready: true } });
    rig.refuse(paths.capabilities, 500, 'INTERNAL_ERROR');
    expect(await rig.keeper.standing('c')).toMatchObject({ subject: 'maya', state: null, algorithms: [] });
  });

  it('has as many rules as anybody reads, and says so', async () => {
    const permissions = Array.from({ length: 10_001 }, (_, at) => `tkeeper.key.k${String(at)}.sign`);
    rig.answer(paths.me, { subject: 'maya', permissions: ['x'.repeat(5000), ...permissions] });
    const standing = await rig.keeper.standing('c');
    expect(standing).toMatchObject({ isAll: false });
    expect(standing.permissions).toHaveLength(10_000);
    // Longer than a rule can be, so that it still reads as none.
    expect(standing.permissions[0]).toHaveLength(1025);
  });

  it.each<[string, unknown]>([
    ['a page', '<!doctype html><title>Sign in</title>'],
    ['10 MB', { subject: 'maya', permissions: ['x'.repeat(10_000_000)] }],
    ['a million rules', { subject: 'maya', permissions: Array.from({ length: 1_000_000 }, () => 'a') }],
    ['rules that are no list', { subject: 'maya', permissions: 'tkeeper.*' }],
    ['nobody', { subject: '', permissions: [] }],
    ['a list', []],
  ])('is not read from %s', async (_what, body) => {
    rig.answer(paths.me, body);
    await expect(rig.keeper.standing('c')).rejects.toMatchObject({ code: 'not_a_keyhold_server' });
  });

  it.each([
    [401, 'UNAUTHENTICATED', 'pasted_expired'],
    [403, 'DEV_MODE_VIOLATION', 'pasted_expired'],
    [403, 'NEW_CODE', 'service_refused'],
    [503, 'KEEPER_SEALED', 'keeper_sealed'],
    [503, 'KEEPER_NOT_INITIALIZED', 'keeper_not_initialized'],
    [503, 'RESTART_REQUIRED', 'service_refused'],
    [500, 'TAMPERED_KEEPER', 'service_refused'],
  ])('a refusal %i %s is %s', async (status, error, code) => {
    rig.refuse(paths.me, status, error);
    await expect(rig.keeper.standing('c')).rejects.toMatchObject({ code });
    expect(rig.said.includes('not_accepted')).toBe(code === 'pasted_expired');
  });

  it.each<[number, unknown]>([
    [503, '<html>Bad gateway</html>'],
    [502, { message: 'no' }],
    [500, ''],
    [429, { error: 'KEEPER_SEALED' }],
  ])('an answer %i that is not the keeper’s own is an outage: %j', async (status, body) => {
    rig.answer(paths.me, body, status);
    await expect(rig.keeper.standing('c')).rejects.toMatchObject({ code: 'server_unreachable' });
  });

  it('shows a keeper’s own words, and its code where it has none', async () => {
    rig.refuse(paths.me, 403, 'POLICY_VIOLATION', 'not\u0000 on\nSundays');
    await expect(rig.keeper.standing('c')).rejects.toMatchObject({
      details: { said: expect.stringMatching(/^not.*Sundays$/) as string },
    });
    rig.refuse(paths.me, 403, 'POLICY_VIOLATION');
    await expect(rig.keeper.standing('c')).rejects.toMatchObject({ details: { said: 'POLICY_VIOLATION' } });
  });
});

describe('the keys of a keeper', () => {
  it('are read page after page, each once, by their ids', async () => {
    rig.answers[paths.inventory] = ({ url }) => ({
      body:
        url.searchParams.get('lastSeen') === 'b'
          ? page([item('a'), item('b', { status: 'NEW_STATE' })])
          : page([item('b'), item('c')], 'b'),
    });
    const { keys, isAll } = await rig.keeper.list('c');
    expect(keys.map(({ keyId, state }) => [keyId, state])).toEqual([
      ['a', 'ACTIVE'],
      ['b', 'NEW_STATE'],
      ['c', 'ACTIVE'],
    ]);
    expect([isAll, queryOf(0), queryOf(1)]).toEqual([true, 'limit=200', 'limit=200&lastSeen=b']);
  });

  it.each([
    [{ unit: 'SECONDS', notAfter: 1_800_000_000 }, '2027-01-15T08:00:00.000Z'],
    [{ unit: 'MILLISECONDS', notAfter: 1_800_000_000_000 }, '2027-01-15T08:00:00.000Z'],
    [{ unit: 'MILLISECONDS', notAfter: null }, null],
    [{ unit: 'MILLISECONDS', notAfter: 8.7e15 }, null],
    [{ unit: 'SECONDS', notAfter: 1e13 }, null],
    [null, null],
  ])('end when their policy says: %j', async (end, expected) => {
    const policy = { apply: end, process: end, fourEye: { m: 2 }, later: true };
    rig.answer(paths.inventory, page([item('a', { policy, assetOwner: 'treasury', tampered: true })]));
    const { keys } = await rig.keeper.list('c');
    expect(keys).toMatchObject([
      { applyUntil: expected, processUntil: expected, owner: 'treasury', tampered: true },
    ]);
  });

  it('that never end are read as far as anybody reads', async () => {
    let count = 0;
    rig.answers[paths.inventory] = () => ({
      body: page([item(`k${String(count++)}`)], `after-${String(count)}`),
    });
    const { keys, isAll } = await rig.keeper.list('c');
    expect([keys.length, isAll, rig.asked.length]).toEqual([50, false, 50]);
  });

  it('of which more come than were asked for are taken up to the bound', async () => {
    const many = Array.from({ length: 5001 }, (_, at) => item(`k${String(at)}`));
    rig.answers[paths.inventory] = () => ({ body: page(many, 'on') });
    const { keys, isAll } = await rig.keeper.list('c');
    expect([keys.length, isAll]).toEqual([5001, false]);
    expect(rig.asked).toHaveLength(2);
  });

  it('are not said to be all where the keeper says that there are more, and not where', async () => {
    rig.answer(paths.inventory, { ...page([item('a')]), hasMore: true });
    expect(await rig.keeper.list('c')).toMatchObject({ keys: [{ keyId: 'a' }], isAll: false });
    expect(rig.asked).toHaveLength(1);
  });

  it('may be nobody’s to see', async () => {
    rig.refuse(paths.inventory, 403, 'ACCESS_DENIED', 'tkeeper.compliance.inventory');
    await expect(rig.keeper.list('c')).rejects.toMatchObject({
      ...{ code: 'not_allowed', details: { permission: 'tkeeper.compliance.inventory' } },
    });
  });
});

describe('one key of a keeper', () => {
  it('comes with its generations, the newest first', async () => {
    rig.answers[paths.inventory] = ({ url }) => ({
      body: page(
        url.searchParams.get('historical') === 'true'
          ? [
              item('hot', { status: 'DESTROYED' }),
              item('hot', { currentGeneration: 3 }),
              item('hot', { currentGeneration: 2, createdAt: 9e15 }),
              item('hotter'),
            ]
          : [item('hotter'), item('hot', { currentGeneration: 3 })],
      ),
    });
    const { key, generations } = await rig.keeper.one('c', 'hot');
    expect(key).toMatchObject({ keyId: 'hot', generation: 3 });
    expect(generations.map(({ generation, state, createdAt }) => [generation, state, createdAt])).toEqual([
      [3, 'ACTIVE', '2026-09-21T14:13:20.000Z'],
      [2, 'ACTIVE', null],
      [1, 'DESTROYED', '2026-09-21T14:13:20.000Z'],
    ]);
    expect([queryOf(0), queryOf(1)]).toEqual([
      'logicalId=hot&limit=200',
      'logicalId=hot&historical=true&limit=200',
    ]);
  });

  it('is not another of a similar id', async () => {
    rig.answer(paths.inventory, page([item('hotter')]));
    await expect(rig.keeper.one('c', 'hot')).rejects.toMatchObject({ code: 'remote_key_not_found' });
  });

  it('has a public key that people compare by its SHA-256', async () => {
    const bytes = Buffer.alloc(32, 7);
    rig.answer(paths.publicKey, { data64: bytes.toString('base64') });
    const digest = createHash('sha256').update(bytes).digest('base64').replace('=', '');
    expect(await rig.keeper.publicKey('c', 'ns:hot', 2)).toEqual({
      ...{ base64: bytes.toString('base64'), fingerprint: `SHA256:${digest}` },
    });
    expect(queryOf(0)).toBe('keyId=ns%3Ahot&generation=2');
    await rig.keeper.publicKey('c', 'hot', null);
    expect(queryOf(1)).toBe('keyId=hot');
  });

  it.each<[string, unknown]>([
    ['that is no base64', { data64: 'not base64!' }],
    ['that is empty', { data64: '' }],
    ['of 10 MB', { data64: 'A'.repeat(10_000_000) }],
  ])('has no public key %s', async (_what, body) => {
    rig.answer(paths.publicKey, body);
    await expect(rig.keeper.publicKey('c', 'hot', null)).rejects.toMatchObject({
      code: 'not_a_keyhold_server',
    });
  });

  it.each([
    [403, 'ACCESS_DENIED', 'not_allowed', { permission: 'tkeeper.key.hot.public' }],
    [400, 'KEY_NOT_FOUND', 'remote_key_not_found', undefined],
  ])('may refuse its public key by %i %s', async (status, error, code, details) => {
    rig.refuse(paths.publicKey, status, error);
    await expect(rig.keeper.publicKey('c', 'hot', null)).rejects.toMatchObject({ code, details });
  });
});
