import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { fetchHttpClient } from '../../main/adapters/http-client.ts';
import { systemClock } from '../../main/adapters/clock.ts';
import type { HttpClient } from '../../main/core/ports/http.ts';
import { discoverService } from '../../main/core/service/discovery.ts';
import { addKeeper, appKeeper } from '../support/app-keeper.ts';
import { noDocument, startPublishedService } from '../support/published-service.ts';
import type { PublishedService } from '../support/published-service.ts';
import { signInParts } from '../unit/main/signin/sign-in-parts.ts';

const document = 'tkeeper.openapi.yaml';
const skipped = noDocument(document);
if (skipped !== null) process.stderr.write(`${skipped}\n`);

let service: PublishedService;
/** Members of its answers, by operation. */
const values: Record<string, object> = {};
const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe.skipIf(skipped !== null)('a keeper that is not ours', () => {
  beforeAll(async () => {
    values['controlPlaneAuthConfig'] = { id: 'TOKEN', header: 'X-DEV-TOKEN' };
    service = await startPublishedService(document, values);
  });
  afterAll(async () => {
    await service.stop();
  });

  it.each<[string, string, object | undefined, string?]>([
    ['a member is missing', '/v1/keeper/destroy', { keyId: 'hot' }],
    ['a member is of another type', '/v1/keeper/destroy', { keyId: 'hot', generation: 'first' }],
    ['a member is not known', '/v1/keeper/destroy', { keyId: 'hot', generation: 1, force: true }],
    ['an id has another form', '/v1/keeper/destroy', { keyId: 'Hot Wallet', generation: 1 }],
    ['a query is of another type', '/v1/keeper/compliance/inventory?limit=all', undefined],
    ['nobody signs in', '/v1/keeper/control/me', undefined, ''],
  ])('refuses a request where %s', async (_what, path, body, token = 'x') => {
    const before = service.refused.length;
    const response = await fetch(`${service.origin}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', ...(token === '' ? {} : { 'x-jwt-token': token }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect(response.ok).toBe(false);
    expect(service.refused).toHaveLength(before + 1);
  });

  it('is recognised by how people sign in', async () => {
    const before = service.refused.length;
    const { dialects, service: found } = await discoverService(
      { http: fetchHttpClient(fetch), clock: systemClock, logger },
      service.origin,
    );
    expect([dialects, found.methods]).toEqual([['tkeeper'], ['dev-token']]);
    expect(service.refused).toHaveLength(before);
  });

  /** The app, signed in by a dev token, in front of a network that may lengthen each answer. */
  async function openApp() {
    const real = fetchHttpClient(fetch);
    const lengthening: HttpClient = {
      async request(request) {
        const response = await real.request(request);
        if (response.status !== 200 || !response.text.startsWith('{')) return response;
        return { ...response, text: JSON.stringify(lengthened(JSON.parse(response.text))) };
      },
    };
    const parts = await signInParts(systemClock);
    onTestFinished(() => parts.dispose());
    const at = await addKeeper(parts, service);
    return { parts, at, ...appKeeper(parts, systemClock, lengthening) };
  }

  it('has all its keys read, and all done with them, by requests that it knows', async () => {
    values['controlPlaneMe'] = {
      subject: 'dev-mode',
      actor: 'dev-mode',
      permissions: ['tkeeper.key.*.sign'],
    };
    values['getSystemStatus'] = { state: 'SEALED', progress: { ready: false } };
    values['controlPlaneCapabilities'] = { algorithms: ['MLDSA65', 'P256'] };
    values['assetInventory'] = { inventory: inventoryOf('hot'), hasMore: false, nextCursor: null };
    values['publicKey'] = { data64: 'AAAA' };
    values['sign'] = { type: 'MLDSA', signature64: 'c2ln', generation: 2, imposters: ['3'] };
    values['verifySignature'] = { valid: true };
    values['eciesEncrypt'] = { ciphertext64: 'Y2lwaGVy', generation: 2 };
    values['eciesDecrypt'] = { plaintext64: 'aGVsbG8=', imposters: [] };
    const { parts, at, keeper, changes, uses, chosen } = await openApp();
    const before = { asked: service.asked.length, refused: service.refused.length };
    const unknown = service.unknown.length;

    expect((await parts.contexts.status(at)).context.signIn.state).toBe('signed_in');
    expect(await keeper.standing(at)).toMatchObject({ subject: 'dev-mode', state: 'SEALED' });
    expect((await keeper.list(at)).keys).toMatchObject([{ keyId: 'hot', state: 'DISABLED' }]);
    expect((await keeper.one(at, 'hot')).generations).toMatchObject([{ generation: 2 }]);
    expect(await keeper.publicKey(at, 'hot', 2)).toMatchObject({ base64: 'AAAA' });
    await keeper.publicKey(at, 'hot', null);
    const ends = { applyUntil: '2126-01-01T00:00:00Z', processUntil: '2126-02-01T00:00:00Z' };
    await changes.create(at, { keyId: 'ns:new-key', algorithm: 'ED25519', owner: 'team/custody', ...ends });
    const unlimited = { owner: null, applyUntil: null, processUntil: null };
    await changes.create(at, { keyId: 'plain', algorithm: 'SECP256K1', ...unlimited });
    for (const mode of ['rotate', 'refresh'] as const) await changes.renew(at, 'hot', mode);
    await changes.destroy(at, 'hot', 1);

    writeFileSync(join(parts.folder, 'deal.bin'), Buffer.from([0, 255]));
    [chosen.open, chosen.save] = ['deal.bin', 'again.txt'];
    const by = { scheme: 'ECDSA', hash: 'SHA256' } as const;
    const checked = { ...by, signature: 'c2ln' };
    for (const content of [{ from: 'text', text: '' }, { from: 'file' }] as const) {
      expect(await uses.sign(at, 'hot', content, { ...by, authority: 'default' })).toMatchObject({
        ...{ signature: 'c2ln', scheme: 'MLDSA', generation: 2 },
      });
      for (const generation of [null, 1])
        expect(await uses.verify(at, 'hot', content, { ...checked, generation })).toMatchObject({
          valid: true,
        });
      expect(await uses.encrypt(at, 'hot', content)).toMatchObject({ ciphertext: 'Y2lwaGVy' });
    }
    for (const to of ['text', 'file'] as const)
      expect(await uses.decrypt(at, 'hot', { ciphertext: 'Y2lwaGVy', generation: 1, to })).toMatchObject({
        bytes: 5,
      });
    expect(readFileSync(join(parts.folder, 'again.txt'), 'utf8')).toBe('hello');

    expect(new Set(service.asked.slice(before.asked))).toEqual(
      new Set([
        ...['controlPlaneAuthConfig', 'controlPlaneMe', 'getSystemStatus', 'controlPlaneCapabilities'],
        ...['assetInventory', 'publicKey', 'generateKey', 'destroyKeyGeneration', 'sign', 'verifySignature'],
        ...['eciesEncrypt', 'eciesDecrypt'],
      ]),
    );
    expect(service.refused.slice(before.refused)).toEqual([]);
    // Only what it is recognised by.
    expect(new Set(service.unknown.slice(unknown))).toEqual(
      new Set([...['get /.well-known/keyhold', 'get /api/v1/system/config', 'get /api/v1/setup/status']]),
    );
  });

  it('says in each of its codes why not, and the app tells it', async () => {
    const { at, keeper } = await openApp();
    for (const error of errorTypes()) {
      const refusing = refusalOf(error);
      const parts = await signInParts(systemClock, 'silent');
      onTestFinished(() => parts.dispose());
      const context = await addKeeper(parts, service);
      const refused = appKeeper(parts, systemClock, refusing).keeper.list(context);
      await expect(refused).rejects.toMatchObject({
        code: expect.not.stringMatching(/^(not_a_keyhold_server|server_unreachable|internal)$/) as string,
      });
    }
    await keeper.list(at);
  });
});

/** An inventory with one key that has all that the document knows. */
function inventoryOf(logicalId: string) {
  const end = { unit: 'SECONDS', notAfter: 4_922_208_000 };
  const approver = { algorithm: 'P256', publicKey64: 'AAAA' };
  const fourEye = { mode: 'LENIENT', m: 2, n: 2, keys: [approver, { ...approver, algorithm: 'ED25519' }] };
  return {
    ...{ generatedAt: 1, peerId: 1, threshold: 2, totalPeers: 3 },
    items: [
      {
        ...{ logicalId, status: 'DISABLED', currentGeneration: 2, algorithm: 'MLDSA65', tampered: false },
        authorities: [
          { id: 'treasury', oci: 'ghcr.io/ops/policy' },
          { id: 'ops', oci: null },
        ],
        ...{ createdAt: 1_790_000_000_000, updatedAt: 1_790_000_000_000, hasActiveKey: true },
        policy: { apply: end, fourEye, allowHistoricalProcess: false },
        ...{ assetOwner: 'team/custody', lastPendingGeneration: null },
      },
    ],
  };
}

/** The same with more members everywhere, but in what is handed back as it came: a later service knows these itself. */
function lengthened(value: unknown, name = ''): unknown {
  if (['policy', 'authorities'].includes(name)) return value;
  if (Array.isArray(value)) return value.map((each: unknown) => lengthened(each));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, each]) => [key, lengthened(each, key)]);
  return { ...Object.fromEntries(members), added_later: { since: [1, null] } };
}

/** The codes that the document has. */
function errorTypes(): string[] {
  const text = readFileSync(join(import.meta.dirname, '../../../shared/peers', document), 'utf8');
  const [, list = ''] = /\n {4}ErrorType:\n {6}type: string\n {6}enum:\n((?: {8}- \w+\n)+)/.exec(text) ?? [];
  return list.split('\n').flatMap((line) => line.split('- ')[1] ?? []);
}

/** A network at whose end a keeper refuses all that is about keys. */
function refusalOf(error: string): HttpClient {
  const status = error.startsWith('KEEPER_') || error.startsWith('NOT_ENOUGH') ? 503 : 400;
  return {
    request: () =>
      Promise.resolve({
        ...{ status, headers: {} },
        text: JSON.stringify({ error, details: null, imposters: [], dead: [], approvals: null }),
      }),
  };
}
