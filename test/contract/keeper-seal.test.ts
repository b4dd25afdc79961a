import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ServerSettings } from '../../reference-server/config/config.ts';
import { keepShares, newKeeperMemory, sharesPatience } from '../../reference-server/keeper/memory.ts';
import { b64, KeeperRig } from '../support/keeper-rig.ts';

let rig: KeeperRig;
beforeEach(async () => {
  rig = await KeeperRig.start();
});
afterEach(() => rig.stop());

const initPath = '/v1/keeper/system/init';
const unsealPath = '/v1/keeper/system/unseal';
const status = async () => (await rig.ask('/v1/keeper/system/status')).body;
const give = (body: object) => rig.ask(unsealPath, body);
/** The share at a place, which may not be there. */
const share = (at: number) => String(rig.shares[at]);
const eddsa = { scheme: 'EdDSA', data64: b64('text') };

describe('initializing', () => {
  it('gives shares once, and leaves the keeper sealed', async () => {
    expect(await status()).toEqual({ state: 'UNINITIALIZED', sealedBy: null, progress: { ready: false } });
    expect(await rig.ask('/v1/keeper/publicKey?keyId=a')).toMatchObject({
      ...{ status: 503, code: 'KEEPER_NOT_INITIALIZED' },
    });
    expect((await give({ payload64: 'YQ==' })).code).toBe('KEEPER_NOT_INITIALIZED');
    const shares = await rig.init(2, 3);
    expect(new Set(shares).size).toBe(3);
    expect(await status()).toEqual({
      state: 'SEALED',
      sealedBy: 'shamir',
      progress: { threshold: 2, total: 3, progress: 0, ready: false },
    });
    const again = await rig.ask(initPath, { peerId: 1, threshold: 1, total: 1 });
    expect(again).toMatchObject({ status: 400, code: 'KEEPER_ALREADY_INITIALIZED' });
    expect((await rig.unseal(shares.slice(1))).body).toMatchObject({ ready: true });
  });

  it('is done once, by one of several at once', async () => {
    const body = { peerId: 1, threshold: 2, total: 3 };
    const answers = await Promise.all(Array.from({ length: 5 }, () => rig.ask(initPath, body)));
    expect(answers.map((each) => each.status).toSorted()).toEqual([200, 400, 400, 400, 400]);
    rig.shares = answers.find((each) => each.status === 200)?.body['shares64'] as string[];
    expect((await rig.unseal(rig.shares.slice(0, 2))).body).toMatchObject({ ready: true });
  });

  it.each([
    [{ peerId: 1, threshold: 0, total: 1 }, 'INVALID_THRESHOLD'],
    [{ peerId: 1, threshold: 3, total: 2 }, 'INVALID_THRESHOLD'],
    [{ peerId: 1, threshold: 1, total: 3 }, 'INVALID_THRESHOLD'],
    [{ peerId: 1, threshold: 2, total: 256 }, 'INVALID_TOTAL'],
    [{ peerId: 1, threshold: 0, total: 0 }, 'INVALID_TOTAL'],
    [{ peerId: 0, threshold: 1, total: 1 }, 'INVALID_PEER_ID'],
    [{ peerId: 4, threshold: 2, total: 3 }, 'INVALID_PEER_ID'],
    [{ peerId: 1, threshold: 1.5, total: 2 }, 'INVALID_REQUEST_BODY'],
    [{ peerId: 1, threshold: '1', total: 2 }, 'INVALID_REQUEST_BODY'],
    [{ peerId: 1, threshold: 1, total: 1, force: true }, 'INVALID_REQUEST_BODY'],
  ])('by %j is refused: %s', async (body, code) => {
    expect(await rig.ask(initPath, body)).toMatchObject({ status: 400, code });
    expect((await status())['state']).toBe('UNINITIALIZED');
  });

  it('takes as many shares as there can be', async () => {
    const shares = await rig.init(255, 255);
    expect((await rig.unseal(shares)).body).toMatchObject({ ready: true, progress: 255 });
  });
});

/** A share that was changed and has the check sum of what it is now. */
function summed(share: Buffer): Buffer {
  const body = share.subarray(0, -4);
  return Buffer.concat([body, createHash('sha256').update(body).digest().subarray(0, 4)]);
}

describe('unsealing', () => {
  it('takes any shares that are enough, one by one or together', async () => {
    await rig.init(3, 5);
    for (const wanted of [
      [0, 1, 2],
      [4, 2, 0],
      [1, 3, 4],
    ]) {
      for (const [given, at] of wanted.entries()) {
        expect((await give({ payload64: share(at) })).body).toEqual({
          ...{ threshold: 3, total: 5, progress: given + 1, ready: given === 2 },
          ...(given < 2 && { forgottenAt: expect.any(Number) as number }),
        });
      }
      expect((await status())['state']).toBe('UNSEALED');
      expect((await give({ payload64: share(0) })).code).toBe('KEEPER_ALREADY_UNSEALED');
      expect((await rig.seal()).status).toBe(204);
      expect(await status()).toMatchObject({ state: 'SEALED', progress: { progress: 0 } });
    }
  });

  it('refuses what is no share of this keeper, and forgets nothing by it', async () => {
    const foreign = await KeeperRig.start();
    await foreign.init(2, 3);
    await rig.init(2, 3);
    expect((await give({ payload64: share(0) })).body).toMatchObject({ progress: 1 });
    const typed = Buffer.from(share(1), 'base64');
    typed[30] = (typed[30] ?? 0) ^ 1;
    expect(String((await give({ payload64: b64(typed) })).body['details'])).toContain('has a mistake in it');
    const bad = [
      b64(typed),
      b64(summed(typed)),
      String(foreign.shares[1]),
      share(0),
      b64(Buffer.from(share(1), 'base64').subarray(0, 40)),
      b64(Buffer.alloc(55)),
      b64('x'),
    ];
    for (const payload64 of bad) {
      expect(await give({ payload64 })).toMatchObject({ status: 400, code: 'INVALID_SHARE' });
      // One of several that is bad has none taken.
      expect((await give({ payloads64: [share(1), payload64] })).code).toBe('INVALID_SHARE');
    }
    expect((await give({ payloads64: [share(1), share(1)] })).code).toBe('INVALID_SHARE');
    expect((await give({ payload64: 'not base64' })).code).toBe('INVALID_BASE64');
    expect((await status())['progress']).toMatchObject({ progress: 1 });
    expect((await give({ payload64: share(2) })).body).toMatchObject({ ready: true });
    await foreign.stop();
  });

  it('begins anew when it is told to', async () => {
    await rig.init(3, 3);
    await give({ payloads64: [share(0), share(1)] });
    expect((await give({ payload64: share(1), reset: true })).body).toMatchObject({ progress: 1 });
    expect((await give({ payloads64: [share(0), share(2)] })).body).toMatchObject({ ready: true });
  });

  it.each([
    [{}, 'INVALID_REQUEST_BODY'],
    [{ reset: true }, 'INVALID_REQUEST_BODY'],
    [{ payloads64: [] }, 'INVALID_REQUEST_BODY'],
    [{ payloads64: null }, 'INVALID_REQUEST_BODY'],
    [{ payload64: '' }, 'INVALID_REQUEST_BODY'],
    [{ payload64: 1 }, 'INVALID_REQUEST_BODY'],
    [{ payload64: 'YQ==', share: 'YQ==' }, 'INVALID_REQUEST_BODY'],
    [{ payloads64: Array.from({ length: 256 }, () => 'YQ==') }, 'INVALID_REQUEST_BODY'],
  ])('by %j is refused', async (body, code) => {
    await rig.init(2, 2);
    expect(await give(body)).toMatchObject({ status: 400, code });
  });

  it('takes no share that could not be written down, and no unsealing either', async () => {
    await rig.init(2, 3);
    const { context } = rig.server;
    const { keeper, write } = context;
    const failing: typeof write = (actor, work) =>
      write(actor, async (tx, audit) => {
        await work(tx, audit);
        throw new Error('The disk is full.');
      });
    context.write = failing;
    expect((await give({ payload64: share(0) })).code).toBe('INTERNAL_ERROR');
    expect(keeper.shares.size).toBe(0);
    context.write = write;
    expect((await give({ payload64: share(0) })).body).toMatchObject({ progress: 1 });
    context.write = failing;
    expect((await give({ payload64: share(1) })).code).toBe('INTERNAL_ERROR');
    context.write = write;
    expect(await status()).toMatchObject({ state: 'SEALED', progress: { progress: 0 } });
    expect((await give({ payloads64: [share(0), share(2)] })).body).toMatchObject({ ready: true });
  });

  it('by two of the last share at once is done once', async () => {
    await rig.init(2, 3);
    await give({ payload64: share(0) });
    const answers = await Promise.all([1, 2, 1].map((at) => give({ payload64: share(at) })));
    expect(answers.filter(({ body }) => body['ready'] === true)).toHaveLength(1);
    expect((await status())['state']).toBe('UNSEALED');
    expect(rig.server.context.keeper.shares.size).toBe(0);
  });

  it('without shares is not offered', async () => {
    await rig.init(1, 1);
    expect((await rig.ask(unsealPath)).code).toBe('NOT_SUPPORTED_FOR_MANUAL_PROVIDER');
  });
});

describe('a sealed keeper', () => {
  it('says so before anything else: of the body, the key id or the rights', async () => {
    await rig.init(1, 1);
    for (const [path, body] of [
      ['/v2/keeper/dkg', { nonsense: true }],
      ['/v2/keeper/dkg', '{'],
      ['/v2/keeper/sign', { keyId: 'NO KEY' }],
      ['/v1/keeper/publicKey?keyId=a&keyId=b', undefined],
      ['/v1/keeper/compliance/inventory?limit=0', undefined],
    ] as const) {
      expect(await rig.ask(path, body)).toMatchObject({ status: 503, code: 'KEEPER_SEALED' });
    }
    expect((await rig.ask('/v1/keeper/system/ready', undefined, { headers: {} })).status).toBe(503);
    expect((await rig.ask('/v1/keeper/system/health', undefined, { headers: {} })).status).toBe(204);
    expect((await rig.seal()).code).toBe('KEEPER_SEALED');
  });

  it('has nothing in memory that opens keys', async () => {
    await rig.init(2, 2);
    await give({ payload64: share(0) });
    const { keeper } = rig.server.context;
    const [part] = [...keeper.shares.values()];
    await give({ payload64: share(1) });
    expect(part?.every((byte) => byte === 0)).toBe(true);
    const { keys } = keeper;
    expect(keys?.material.some((byte) => byte !== 0)).toBe(true);
    await rig.seal();
    expect(keeper.keys).toBeNull();
    for (const bytes of [keys?.material, keys?.records])
      expect(bytes?.every((byte) => byte === 0)).toBe(true);
  });

  it('refuses what comes while it is being sealed, or does it: each signature holds', async () => {
    await rig.init(1, 1);
    await rig.unseal();
    await rig.generate('busy', 'ED25519');
    const asked = Array.from({ length: 30 }, (_, at) => (at === 15 ? rig.seal() : rig.sign('busy', eddsa)));
    const answers = await Promise.all(asked);
    for (const { status: code, body } of answers.filter((_, at) => at !== 15)) {
      expect([200, 503]).toContain(code);
      if (code === 200) expect(body['signature64']).toHaveLength(88);
    }
    expect(answers[15]?.status).toBe(204);
    await rig.unseal();
    for (const { body } of answers.filter((each) => each.status === 200)) {
      const { body: verified } = await rig.verify('busy', eddsa, String(body['signature64']));
      expect(verified).toEqual({ valid: true });
    }
  });
});

describe('a server that starts again', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keyhold-keeper-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const onFolder = (): Partial<ServerSettings> => ({ dataDir: folder });

  it('is sealed, and has the same keys once it is unsealed', async () => {
    const before = await KeeperRig.start(onFolder());
    const shares = await before.init(2, 3);
    await before.unseal(shares.slice(0, 2));
    await before.generate('lasting', 'ED25519');
    const key = await before.publicKey('lasting');
    const { body } = await before.sign('lasting', eddsa);
    await before.stop();

    const after = await KeeperRig.start(onFolder());
    expect((await after.ask('/v1/keeper/system/status')).body['state']).toBe('SEALED');
    expect((await after.sign('lasting', eddsa)).code).toBe('KEEPER_SEALED');
    await after.unseal(shares.slice(1));
    expect(await after.publicKey('lasting')).toEqual(key);
    expect((await after.sign('lasting', eddsa)).body).toEqual(body);
    await after.stop();
  });
});

describe('shares that wait', () => {
  it('are forgotten without another one in time, and the state says when', async () => {
    expect(sharesPatience).toBe(600_000);
    await rig.init(3, 5);
    const { context } = rig.server;
    const start = Date.now();
    const clock = vi.spyOn(context, 'now').mockReturnValue(new Date(start));
    const at = (milliseconds: number) => clock.mockReturnValue(new Date(start + milliseconds));
    const given = await give({ payload64: share(0) });
    expect(given.body).toMatchObject({ progress: 1, forgottenAt: start + sharesPatience });
    at(sharesPatience - 1);
    await give({ payload64: share(1) });
    const parts = [...context.keeper.shares.values()];
    // Each one lets the others wait again.
    at(2 * sharesPatience - 2);
    expect((await status())['progress']).toMatchObject({
      progress: 2,
      forgottenAt: start + 2 * sharesPatience - 1,
    });
    at(2 * sharesPatience);
    expect((await status())['progress']).toEqual({ threshold: 3, total: 5, progress: 0, ready: false });
    expect(parts.map((part) => part.every((byte) => byte === 0))).toEqual([true, true]);
    await give({ payload64: share(1) });
    at(4 * sharesPatience);
    expect((await give({ payload64: share(2) })).body).toMatchObject({ progress: 1 });
  });

  it('are overwritten also where nobody asks', () => {
    vi.useFakeTimers();
    try {
      const now = () => new Date();
      const memory = newKeeperMemory(now);
      keepShares(memory, [{ index: 1, part: Buffer.from('part') }], now);
      const [part] = memory.shares.values();
      vi.advanceTimersByTime(sharesPatience + 2000);
      expect([memory.shares.size, part?.every((byte) => byte === 0)]).toEqual([0, true]);
    } finally {
      vi.useRealTimers();
    }
  });
});
