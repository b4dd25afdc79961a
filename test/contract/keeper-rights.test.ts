import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { earlierPermissionFor, operationIds, permissionFor } from '../../contracts/permissions/operations.ts';
import type { OperationId } from '../../contracts/permissions/operations.ts';
import { keeperClaims, newIssuerKey, tokenOf } from '../support/jwt-issuer.ts';
import { b64, everything, KeeperRig } from '../support/keeper-rig.ts';
import type { KeeperAnswer } from '../support/keeper-rig.ts';

const issuer = newIssuerKey('ES256');
let folder: string;
let rig: KeeperRig;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keyhold-keeper-jwks-'));
  const file = join(folder, 'jwks.json');
  writeFileSync(file, JSON.stringify({ keys: [issuer.jwk] }));
  const auth = {
    ...({ type: 'jwt', jwks: { file }, audience: 'tkeeper', issuer: null } as const),
    ...{ refreshSeconds: 900, skewSeconds: 15, oidc: null },
  };
  rig = await KeeperRig.start({ keeper: { auth, allowAnonymous: false } });
  const all = as(everything);
  const { body } = await rig.ask('/v1/keeper/system/init', { peerId: 1, threshold: 1, total: 1 }, all);
  rig.shares = body['shares64'] as string[];
  await rig.ask('/v1/keeper/system/unseal', { payloads64: rig.shares }, all);
  const key = { algorithm: 'P256', authorities: [{ id: 'ops' }] };
  await rig.ask('/v2/keeper/dkg', { ...key, keyId: 'wallet-hot', mode: 'CREATE' }, all);
});
afterAll(async () => {
  await rig.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Who has these rules. */
function as(permissions: readonly string[]): { headers: Record<string, string> } {
  return { headers: { 'x-jwt-token': tokenOf(issuer, keeperClaims(permissions)) } };
}

const artifact = { scheme: 'ECDSA', hash: 'SHA256', data64: b64('text') };
const key = (keyId: string) => ({ keyId, algorithm: 'P256', authorities: [{ id: 'ops' }] });
const post = { method: 'POST' };

interface Route {
  operation: OperationId;
  path: (keyId: string) => string;
  body?: (keyId: string) => object;
}

/** Every route that asks for a permission. What they answer once it is there is of no matter here. */
const routes: readonly Route[] = [
  ...['/v1/keeper/sign', '/v2/keeper/sign'].map((path): Route => ({
    ...{ operation: 'key.sign', path: () => path },
    body: (keyId) => ({ keyId, command: { type: 'arbitrary', authorityId: 'ops', artifact } }),
  })),
  ...['/v1/keeper/sign/verify', '/v2/keeper/sign/verify'].map((path): Route => ({
    ...{ operation: 'key.verify', path: () => path },
    body: (keyId) => ({ keyId, command: { type: 'arbitrary', artifact }, signature64: 'YQ==' }),
  })),
  { operation: 'key.public', path: (keyId) => `/v1/keeper/publicKey?keyId=${encodeURIComponent(keyId)}` },
  {
    ...{ operation: 'key.encrypt', path: () => '/v1/keeper/ecies/encrypt' },
    body: (keyId) => ({ keyId, plaintext64: '' }),
  },
  {
    ...{ operation: 'key.decrypt', path: () => '/v1/keeper/ecies/decrypt' },
    body: (keyId) => ({ keyId, ciphertext64: 'YQ==' }),
  },
  {
    ...{ operation: 'key.destroy', path: () => '/v1/keeper/destroy' },
    body: (keyId) => ({ keyId, generation: 1 }),
  },
  ...(['CREATE', 'ROTATE', 'REFRESH'] as const).flatMap((mode) =>
    ['/v1/keeper/dkg', '/v2/keeper/dkg'].map((path): Route => ({
      operation: `dkg.${mode.toLowerCase() as 'create'}`,
      path: () => path,
      // Of an algorithm that there is not.
      body: (keyId) => ({ ...key(keyId), algorithm: 'NONE', mode }),
    })),
  ),
  ...['/v1/keeper/storage/store', '/v2/keeper/storage/store'].map((path): Route => ({
    ...{ operation: 'storage.write', path: () => path },
    body: (keyId) => ({ ...key(keyId), value64: '' }),
  })),
  {
    ...{ operation: 'system.init', path: () => '/v1/keeper/system/init' },
    body: () => ({ peerId: 1, threshold: 1, total: 1 }),
  },
  {
    ...{ operation: 'system.unseal', path: () => '/v1/keeper/system/unseal' },
    body: () => ({ payload64: 'YQ==' }),
  },
  { operation: 'system.unseal', path: () => '/v1/keeper/system/unseal' },
  {
    ...{ operation: 'quorum.promote', path: () => '/v2/keeper/quorum/promote' },
    body: () => ({ threshold: 2, total: 3 }),
  },
  {
    ...{ operation: 'recover', path: () => '/v1/keeper/recovery/recover' },
    body: (keyId) => ({ keyId, helperIds: [2] }),
  },
  {
    operation: 'consistency.fix',
    path: (keyId) => `/v1/keeper/consistency/fix?keyId=${encodeURIComponent(keyId)}`,
    body: () => ({}),
  },
  {
    ...{ operation: 'audit.log.verify', path: () => '/v1/keeper/audit/verify' },
    body: () => ({ event: line, signature: 'YQ==' }),
  },
  {
    ...{ operation: 'audit.log.verify', path: () => '/v1/keeper/audit/verify/batch' },
    body: () => ({ logs: [{ event: line, signature: 'YQ==' }] }),
  },
  { operation: 'compliance.inventory', path: () => '/v1/keeper/compliance/inventory' },
  { operation: 'expired.view', path: () => '/v1/keeper/expires?type=apply&windowSec=9' },
  { operation: 'expired.view', path: () => '/v1/keeper/expires/apply?windowSec=9' },
  { operation: 'expired.view', path: () => '/v1/keeper/expires/process?windowSec=9' },
  { operation: 'expired.view', path: () => '/v1/keeper/expires/expired?type=apply' },
  { operation: 'integrity.rotate', path: () => '/v1/keeper/integrity/rotate', body: () => ({}) },
];
const line = { id: 'a', peerId: 1, integrityKeyVersion: 1, timestamp: 1, event: 'keeper.sign' };

function send(
  { path, body }: Route,
  permissions: readonly string[],
  keyId = 'wallet-hot',
): Promise<KeeperAnswer> {
  const { headers } = as(permissions);
  const isBodyless = /integrity|consistency/.test(path(keyId));
  if (isBodyless) return rig.ask(path(keyId), undefined, { headers, ...post });
  return rig.ask(path(keyId), body?.(keyId), { headers });
}

const name = ({ operation, path, body }: Route) =>
  `${body === undefined ? 'GET' : 'POST'} ${path('…')} (${operation})`;
const refused = { status: 403, code: 'ACCESS_DENIED' };
/** What only an answer after the question of rights can be. */
const isLetIn = ({ status, code }: KeeperAnswer) =>
  status < 500 && status !== 401 && code !== 'ACCESS_DENIED';

describe.each(routes.map((route) => [name(route), route] as const))('%s', (_name, route) => {
  const needed = permissionFor(route.operation, 'wallet-hot');

  it('is for who has its permission alone', async () => {
    expect(await send(route, [])).toMatchObject(refused);
    const others = operationIds
      .filter((operation) => operation !== route.operation)
      .flatMap((operation) => [
        permissionFor(operation, 'wallet-hot'),
        permissionFor(route.operation, 'wallet-cold'),
      ])
      .filter((permission) => permission !== needed);
    expect(await send(route, others)).toMatchObject(refused);
    expect(isLetIn(await send(route, [needed]))).toBe(true);
  });

  it('is refused by a deny, a bad rule, and what only looks like it', async () => {
    expect(await send(route, [...everything, `-${needed}`])).toMatchObject(refused);
    expect(await send(route, [`-${needed}`, needed])).toMatchObject(refused);
    const { code, body } = await send(route, [needed, 'tkeeper.key.**.sign']);
    expect([code, String(body['details'])]).toEqual([
      'ACCESS_DENIED',
      expect.stringContaining('tkeeper.key.**.sign'),
    ]);
    const similar = [needed.toUpperCase(), `${needed}.more`, needed.slice(0, -1), `x.${needed}`];
    expect(await send(route, similar)).toMatchObject(refused);
    const earlier = earlierPermissionFor(route.operation);
    if (earlier === null) return;
    expect(await send(route, [needed, `-${earlier}`])).toMatchObject(refused);
    expect(await send(route, [earlier])).not.toMatchObject(refused);
    // Written for what has names of as many parts today.
    const stars = earlier.replace(/[^.]+$/, '*').replace(/\.generate\.\*$/, '.*.*');
    if (route.operation.startsWith('key.')) expect(await send(route, [stars])).toMatchObject(refused);
  });

  it('takes a key id that breaks its rules for that, whoever asks', async () => {
    if (!/[?&]keyId|…/.test(route.path('…')) && !JSON.stringify(route.body?.('…') ?? {}).includes('…'))
      return;
    for (const keyId of ['UPPER', 'a.b', 'a--b', '-a', 'a:b:c', 'ä', '', `a${'b'.repeat(255)}`, '*', 'a b']) {
      expect(await send(route, [], keyId)).toMatchObject({ status: 400, code: 'INVALID_KEY_ID' });
    }
  });
});

describe('who may not', () => {
  it('learns nothing of which keys there are', async () => {
    const sign = routes.find(({ operation }) => operation === 'key.sign');
    if (sign === undefined) throw new Error('There is no route that signs.');
    const [known, unknown] = [await send(sign, [], 'wallet-hot'), await send(sign, [], 'wallet-none')];
    const words = (answer: KeeperAnswer) => JSON.stringify(answer.body).replaceAll(/wallet-\w+/g, '');
    expect([known.status, words(known)]).toEqual([unknown.status, words(unknown)]);
    expect((await send(sign, ['tkeeper.key.*.sign'], 'wallet-none')).code).toBe('KEY_NOT_FOUND');
  });

  it('is in the audit log, with the rule that decided', async () => {
    const [sign] = routes.filter(({ operation }) => operation === 'key.sign');
    if (sign === undefined) throw new Error('There is no route that signs.');
    const rules = ['tkeeper.key.*.sign', '-tkeeper.key.*-hot.sign'];
    // Of those that alice had refused before, within the same minute, only the number is kept.
    const token = tokenOf(issuer, { ...keeperClaims(rules), sub: 'user:bert' });
    await rig.ask(sign.path('wallet-hot'), sign.body?.('wallet-hot'), { headers: { 'x-jwt-token': token } });
    const row = await rig.server.context.db
      .selectFrom('audit_events')
      .selectAll()
      .where('action', '=', 'keeper.sign')
      .orderBy('seq', 'desc')
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ outcome: 'failure', target: 'wallet-hot', actor_name: 'user:bert' });
    expect(row.details).toContain('ACCESS_DENIED');
    expect(row.details).toContain('-tkeeper.key.*-hot.sign');
  });

  it('is every operation but those of the control plane among these routes', () => {
    const asked = new Set(routes.map(({ operation }) => operation));
    const elsewhere = ['system.seal', 'control.system', 'control.sinks'];
    expect(operationIds.filter((operation) => !asked.has(operation)).toSorted()).toEqual(
      elsewhere.toSorted(),
    );
  });

  it('does not seal: that is for who has the permission', async () => {
    const seal = (permissions: string[]) =>
      rig.ask('/v1/keeper/system/seal', undefined, { ...as(permissions), ...post });
    expect(await seal(['tkeeper.system.unseal'])).toMatchObject(refused);
    expect(await seal(['tkeeper.system.*', '-tkeeper.system.seal'])).toMatchObject(refused);
    expect((await seal(['tkeeper.system.seal'])).status).toBe(204);
    // That it is sealed is told before anything of rights.
    expect(await seal([])).toMatchObject({ status: 503, code: 'KEEPER_SEALED' });
  });
});
