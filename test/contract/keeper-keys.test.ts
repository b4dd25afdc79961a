import {
  createCipheriv,
  createECDH,
  createSign,
  ECDH,
  generateKeyPairSync,
  hkdfSync,
  verify,
} from 'node:crypto';
import * as ed from '@noble/ed25519';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { b64, KeeperRig, readPublicKey } from '../support/keeper-rig.ts';

let rig: KeeperRig;
let made = 0;
beforeAll(async () => {
  rig = await KeeperRig.unsealed();
});
afterAll(() => rig.stop());

/** A key of its own for a test. */
async function newKey(algorithm: string, more: object = {}): Promise<string> {
  const id = `key-${String((made += 1))}`;
  expect(await rig.generate(id, algorithm, more)).toMatchObject({ status: 204 });
  return id;
}
const rotate = (id: string, algorithm: string, more: object = {}) =>
  rig.generate(id, algorithm, { mode: 'ROTATE', ...more });
const data = Buffer.from('Pay 3 coins to the miller');
const eddsa = { scheme: 'EdDSA', data64: b64(data) };
const ecdsa = { scheme: 'ECDSA', hash: 'SHA256', data64: b64(data) };

describe('signatures', () => {
  it('of Ed25519 verify with the published key, by another implementation too', async () => {
    const id = await newKey('ED25519');
    const { body } = await rig.sign(id, eddsa);
    expect(body).toMatchObject({ type: 'EdDSA', generation: 1, imposters: [] });
    const signature = Buffer.from(String(body['signature64']), 'base64');
    const bytes = await rig.publicKey(id);
    expect(verify(null, data, readPublicKey('ED25519', bytes), signature)).toBe(true);
    expect(await ed.verifyAsync(signature, data, bytes)).toBe(true);
  });

  it.each([
    ['P256', 'SHA256'],
    ['P256', 'SHA512'],
    ['SECP256K1', 'SHA256'],
    ['SECP256K1', 'SHA512'],
  ])('of %s by %s verify with the published key', async (algorithm, hash) => {
    const id = await newKey(algorithm);
    const { body } = await rig.sign(id, { ...ecdsa, hash });
    const signature = Buffer.from(String(body['signature64']), 'base64');
    const key = readPublicKey(algorithm, await rig.publicKey(id));
    expect(verify(hash.toLowerCase(), data, key, signature)).toBe(true);
    expect(verify(hash.toLowerCase(), Buffer.from('Pay 4'), key, signature)).toBe(false);
  });

  it('are verified, those of others not, and what is no signature is not valid either', async () => {
    const [id, other] = [await newKey('P256'), await newKey('P256')];
    const { body } = await rig.sign(id, ecdsa);
    const signature = String(body['signature64']);
    const valid = async (...args: Parameters<KeeperRig['verify']>) =>
      (await rig.verify(...args)).body['valid'];
    expect(await valid(id, ecdsa, signature)).toBe(true);
    expect(await valid(other, ecdsa, signature)).toBe(false);
    expect(await valid(id, { ...ecdsa, data64: b64('else') }, signature)).toBe(false);
    expect(await valid(id, { ...ecdsa, hash: 'SHA512' }, signature)).toBe(false);
    expect(await valid(id, ecdsa, b64('none'))).toBe(false);
  });

  it.each([
    ['ED25519', { ...eddsa, hash: 'SHA256' }, 'INVALID_HASH_METHOD'],
    ['ED25519', ecdsa, 'INVALID_SIG_SCHEME'],
    ['P256', eddsa, 'INVALID_SIG_SCHEME'],
    ['P256', { ...ecdsa, hash: 'NONE' }, 'INVALID_HASH_METHOD'],
    ['P256', { scheme: 'ECDSA', data64: b64(data) }, 'INVALID_HASH_METHOD'],
    ['SECP256K1', { ...ecdsa, hash: 'KECCAK256' }, 'INVALID_HASH_METHOD'],
    ['SECP256K1', { ...ecdsa, scheme: 'BIP340' }, 'INVALID_SIG_SCHEME'],
    ['SECP256K1', { ...ecdsa, data64: 'a' }, 'INVALID_BASE64'],
    ['SECP256K1', { ...ecdsa, data64: 'YQ' }, 'INVALID_BASE64'],
    ['SECP256K1', { ...ecdsa, data64: 'YR==' }, 'INVALID_BASE64'],
  ])('of %s of %j are refused: %s', async (algorithm, artifact, code) => {
    const id = await newKey(algorithm);
    expect(await rig.sign(id, artifact)).toMatchObject({ status: 400, code });
    expect((await rig.verify(id, artifact, b64('x'))).code).toBe(code);
  });

  it('are for an authority of the key, and for bytes alone', async () => {
    const id = await newKey('ED25519', { authorities: [{ id: 'team/ops' }] });
    const command = (more: object) => ({
      type: 'arbitrary',
      authorityId: 'team/ops',
      artifact: eddsa,
      ...more,
    });
    const sign = (more: object, fields: object = {}) =>
      rig.ask('/v1/keeper/sign', { keyId: id, command: command(more), ...fields });
    expect(await sign({})).toMatchObject({ status: 200 });
    expect(await sign({ authorityId: 'team' })).toMatchObject({ status: 403, code: 'AUTHORITY_VIOLATION' });
    expect((await sign({ type: 'evm.transaction', artifact: { message64: 'YQ==' } })).code).toBe(
      'INVALID_AUTHORITY_TYPE',
    );
    expect((await sign({}, { tweak: 'a' })).code).toBe('INVALID_TWEAK');
    expect((await sign({}, { approvals: {} })).code).toBe('INVALID_REQUEST_BODY');
    expect((await sign({ artifact: { ...eddsa, salt: 1 } })).code).toBe('INVALID_REQUEST_BODY');
    expect((await sign({ more: 1 })).code).toBe('INVALID_REQUEST_BODY');
  });
});

describe('ECIES', () => {
  const encrypt = (keyId: string, plaintext: Buffer, algorithm?: string) =>
    rig.ask('/v1/keeper/ecies/encrypt', { keyId, algorithm, plaintext64: b64(plaintext) });
  const decrypt = (keyId: string, ciphertext64: string, more: object = {}) =>
    rig.ask('/v1/keeper/ecies/decrypt', { keyId, ciphertext64, ...more });

  it.each(['AES_GCM', 'CHACHA20_POLY1305', undefined])(
    'by %s gives back what was encrypted',
    async (cipher) => {
      const id = await newKey('P256');
      for (const text of [data, Buffer.alloc(0), Buffer.alloc(100_000, 7)]) {
        const { body } = await encrypt(id, text, cipher);
        expect((await decrypt(id, String(body['ciphertext64']), { algorithm: cipher })).body).toEqual({
          ...{ plaintext64: b64(text), imposters: [] },
        });
      }
    },
  );

  it('decrypts what somebody else encrypted by the documented format', async () => {
    const id = await newKey('P256');
    const recipient = await rig.publicKey(id);
    for (const [mark, name] of [
      [1, 'aes-256-gcm'],
      [2, 'chacha20-poly1305'],
    ] as const) {
      const once = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const jwk = once.privateKey.export({ format: 'jwk' });
      const pair = createECDH('prime256v1');
      pair.setPrivateKey(Buffer.from(String(jwk.d), 'base64url'));
      const head = Buffer.concat([Buffer.of(1, mark), pair.getPublicKey(null, 'compressed')]);
      const info = Buffer.concat([Buffer.from('keyhold ecies 1'), head, recipient]);
      const point = ECDH.convertKey(recipient, 'prime256v1') as Buffer;
      const keys = Buffer.from(hkdfSync('sha256', pair.computeSecret(point), '', info, 44));
      const cipher = createCipheriv(name as 'aes-256-gcm', keys.subarray(0, 32), keys.subarray(32), {
        authTagLength: 16,
      }).setAAD(head);
      const text = Buffer.concat([head, cipher.update(data), cipher.final(), cipher.getAuthTag()]);
      expect((await decrypt(id, b64(text))).body['plaintext64']).toBe(b64(data));
    }
  });

  it('refuses what was changed, is for another key, cipher or generation, and keys that only sign', async () => {
    const [id, other] = [await newKey('P256'), await newKey('P256')];
    const { body } = await encrypt(id, data);
    const text = Buffer.from(String(body['ciphertext64']), 'base64');
    for (let at = 0; at < text.length; at += 7) {
      const changed = Buffer.from(text);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect((await decrypt(id, b64(changed))).code).toBe('INVALID_CIPHERTEXT');
    }
    expect((await decrypt(id, b64(text.subarray(0, 40)))).code).toBe('INVALID_CIPHERTEXT');
    expect((await decrypt(other, b64(text))).code).toBe('INVALID_CIPHERTEXT');
    expect((await decrypt(id, b64(text), { algorithm: 'CHACHA20_POLY1305' })).code).toBe(
      'INVALID_CIPHERTEXT',
    );
    await rotate(id, 'P256');
    expect((await decrypt(id, b64(text))).code).toBe('INVALID_CIPHERTEXT');
    expect((await decrypt(id, b64(text), { generation: 1 })).body['plaintext64']).toBe(b64(data));
    for (const algorithm of ['ED25519', 'SECP256K1']) {
      const signer = await newKey(algorithm);
      expect((await encrypt(signer, data)).code).toBe('UNSUPPORTED_KEY_ALGORITHM');
      expect((await decrypt(signer, b64(text))).code).toBe('UNSUPPORTED_KEY_ALGORITHM');
    }
  });
});

describe('generations', () => {
  it('a rotation has another public key, a refresh the same, and both sign as the current', async () => {
    const id = await newKey('SECP256K1');
    const first = await rig.publicKey(id);
    expect((await rotate(id, 'SECP256K1')).status).toBe(204);
    const second = await rig.publicKey(id);
    expect(second).not.toEqual(first);
    expect((await rig.generate(id, 'SECP256K1', { mode: 'REFRESH' })).status).toBe(204);
    expect(await rig.publicKey(id)).toEqual(second);
    expect(await rig.publicKey(id, 1)).toEqual(first);
    const { body } = await rig.sign(id, ecdsa);
    expect(body['generation']).toBe(3);
    const valid = async (generation: number) =>
      (await rig.verify(id, ecdsa, String(body['signature64']), { generation })).body['valid'];
    expect([await valid(1), await valid(2), await valid(3)]).toEqual([false, true, true]);
    expect((await rig.verify(id, ecdsa, 'YQ==', { generation: 4 })).code).toBe('INVALID_KEY_GENERATION');
    expect((await rotate(id, 'P256')).code).toBe('KEY_ALGORITHM_MISMATCH');
  });

  it('an earlier one is destroyed for good, the current never', async () => {
    const id = await newKey('P256');
    const destroy = (generation: number) => rig.ask('/v1/keeper/destroy', { keyId: id, generation });
    expect(await destroy(1)).toMatchObject({ status: 403, code: 'DESTROY_FORBIDDEN' });
    const { body } = await rig.sign(id, ecdsa);
    await rotate(id, 'P256');
    expect((await rig.verify(id, ecdsa, String(body['signature64']), { generation: 1 })).body['valid']).toBe(
      true,
    );
    expect((await destroy(1)).status).toBe(204);
    expect((await destroy(1)).code).toBe('INVALID_KEY_GENERATION');
    expect((await destroy(3)).code).toBe('INVALID_KEY_GENERATION');
    expect((await rig.verify(id, ecdsa, String(body['signature64']), { generation: 1 })).code).toBe(
      'INVALID_KEY_GENERATION',
    );
    expect((await rig.ask(`/v1/keeper/publicKey?keyId=${id}&generation=1`)).code).toBe(
      'INVALID_KEY_GENERATION',
    );
    const rows = await rig.server.context.db
      .selectFrom('keeper_generations')
      .select('material')
      .where('key_id', '=', id)
      .orderBy('generation')
      .execute();
    expect(rows.map(({ material }) => material === null)).toEqual([true, false]);
    expect((await rig.sign(id, ecdsa)).status).toBe(200);
  });

  it('two that are made at once are two', async () => {
    const id = await newKey('ED25519');
    const answers = await Promise.all(Array.from({ length: 8 }, () => rotate(id, 'ED25519')));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 204));
    const keys = await Promise.all(Array.from({ length: 9 }, (_, at) => rig.publicKey(id, at + 1)));
    expect(new Set(keys.map(b64)).size).toBe(9);
    const created = await Promise.all([rig.generate('once', 'P256'), rig.generate('once', 'P256')]);
    expect(created.map(({ status }) => status).toSorted()).toEqual([204, 400]);
    expect(created.map(({ code }) => code)).toContain('KEY_ALREADY_EXISTS');
  });
});

describe('policies', () => {
  const hour = 3_600_000;
  it.each([
    ['MILLISECONDS', 1],
    ['SECONDS', 1000],
  ])('end what they say, in %s', async (unit, by) => {
    const end = (at: number) => ({ unit, notAfter: Math.floor(at / by) });
    const ended = await newKey('P256', {
      policy: { apply: end(Date.now() - hour), process: end(Date.now() + hour) },
    });
    expect(await rig.sign(ended, ecdsa)).toMatchObject({ status: 403, code: 'KEY_APPLY_OPS_FORBIDDEN' });
    expect((await rig.verify(ended, ecdsa, 'YQ==')).body).toEqual({ valid: false });
    const encrypted = await rig.ask('/v1/keeper/ecies/encrypt', { keyId: ended, plaintext64: '' });
    expect(encrypted.code).toBe('KEY_APPLY_OPS_FORBIDDEN');
    const gone = await newKey('P256', { policy: { process: end(Date.now() - hour) } });
    expect((await rig.sign(gone, ecdsa)).code).toBe('KEY_APPLY_OPS_FORBIDDEN');
    expect(await rig.verify(gone, ecdsa, 'YQ==')).toMatchObject({
      status: 403,
      code: 'KEY_PROCESS_OPS_FORBIDDEN',
    });
    const good = await newKey('P256', { policy: { apply: end(Date.now() + hour) } });
    expect((await rig.sign(good, ecdsa)).status).toBe(200);
  });

  it('that are left out at a rotation stay, as does the owner', async () => {
    const policy = { apply: { unit: 'MILLISECONDS', notAfter: Date.now() - hour } };
    const id = await newKey('P256', { policy, assetOwner: 'team/payments' });
    await rotate(id, 'P256', { policy: null });
    expect((await rig.sign(id, ecdsa)).code).toBe('KEY_APPLY_OPS_FORBIDDEN');
    await rotate(id, 'P256', { policy: { apply: { unit: 'MILLISECONDS', notAfter: null } } });
    expect((await rig.sign(id, ecdsa)).status).toBe(200);
    const { body } = await rig.ask(`/v1/keeper/compliance/inventory?logicalId=${id}`);
    expect(body).toMatchObject({ inventory: { items: [{ assetOwner: 'team/payments' }] } });
  });

  it('may keep earlier generations from verifying', async () => {
    const id = await newKey('P256', { policy: { allowHistoricalProcess: false } });
    const { body } = await rig.sign(id, ecdsa);
    await rotate(id, 'P256');
    expect((await rig.verify(id, ecdsa, String(body['signature64']), { generation: 1 })).code).toBe(
      'KEY_PROCESS_OPS_FORBIDDEN',
    );
    expect((await rig.verify(id, ecdsa, String(body['signature64']))).body).toEqual({ valid: false });
  });

  it.each([
    [
      { policy: { apply: { unit: 'SECONDS', notAfter: 9 }, process: { unit: 'SECONDS', notAfter: 9 } } },
      'INVALID_KEY_SET_POLICY',
    ],
    [{ policy: { fourEye: { m: 2, n: 2, keys: [] } } }, 'INVALID_KEY_SET_POLICY'],
    [{ policy: { apply: { unit: 'SECONDS', notAfter: -1 } } }, 'INVALID_EXPIRATION_TIME'],
    [{ policy: { apply: { unit: 'SECONDS', notAfter: 9e15 } } }, 'INVALID_EXPIRATION_TIME'],
    [{ policy: { apply: { unit: 'DAYS', notAfter: 1 } } }, 'INVALID_REQUEST_BODY'],
    [{ policy: { later: true } }, 'INVALID_REQUEST_BODY'],
    [{ assetOwner: 'Team' }, 'INVALID_ASSET_OWNER'],
    [{ assetOwner: '' }, 'INVALID_ASSET_OWNER'],
    [{ authorities: [{ id: 'a' }, { id: 'a' }] }, 'INVALID_AUTHORITY'],
    [{ authorities: [{ id: 'A' }] }, 'INVALID_AUTHORITY'],
    [{ authorities: [{ id: 'a', oci: 'registry.example/rule:1' }] }, 'INVALID_AUTHORITY'],
    [{ authorities: [] }, 'INVALID_REQUEST_BODY'],
    [{ approvals: { proofs: [] } }, 'INVALID_REQUEST_BODY'],
    [{ algorithm: 'MLDSA44' }, 'UNSUPPORTED_KEY_ALGORITHM'],
    [{ mode: 'DELETE' }, 'INVALID_REQUEST_BODY'],
    [{ colour: 'red' }, 'INVALID_REQUEST_BODY'],
  ])('and other terms that do not hold are refused, and no key is made: %j', async (more, code) => {
    expect(await rig.generate('never', 'P256', more)).toMatchObject({ status: 400, code });
    expect((await rig.ask('/v1/keeper/publicKey?keyId=never')).code).toBe('KEY_NOT_FOUND');
  });
});

describe('keys from elsewhere', () => {
  const store = (algorithm: string, value: Buffer, keyId: string) =>
    rig.ask('/v2/keeper/storage/store', {
      ...{ keyId, algorithm, authorities: [{ id: 'ops' }], value64: b64(value) },
    });

  it.each([
    ['ED25519', 'OKP', undefined],
    ['P256', 'EC', 'P-256'],
    ['SECP256K1', 'EC', 'secp256k1'],
  ])('of %s sign as they did there', async (algorithm, kind, namedCurve) => {
    const pair =
      kind === 'OKP'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('ec', { namedCurve: namedCurve ?? '' });
    const jwk = pair.privateKey.export({ format: 'jwk' });
    const id = `imported-${algorithm.toLowerCase()}`;
    expect((await store(algorithm, Buffer.from(String(jwk.d), 'base64url'), id)).status).toBe(200);
    const { body } = await rig.sign(id, kind === 'OKP' ? eddsa : ecdsa);
    const signature = Buffer.from(String(body['signature64']), 'base64');
    expect(verify(kind === 'OKP' ? null : 'sha256', data, pair.publicKey, signature)).toBe(true);
    if (kind === 'EC') {
      const theirs = createSign('sha256').update(data).sign(pair.privateKey);
      expect((await rig.verify(id, ecdsa, b64(theirs))).body).toEqual({ valid: true });
    }
    expect((await store(algorithm, Buffer.alloc(32, 1), id)).code).toBe('KEY_ALREADY_EXISTS');
  });

  const order = Buffer.from('fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141', 'hex');
  const p256 = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
  it.each([
    ['ED25519', Buffer.alloc(31, 1)],
    ['ED25519', Buffer.alloc(64, 1)],
    ['P256', Buffer.alloc(32)],
    ['P256', p256],
    ['P256', Buffer.alloc(32, 255)],
    ['P256', Buffer.alloc(0)],
    ['SECP256K1', order],
    ['SECP256K1', Buffer.alloc(33, 1)],
  ])('that are none of %s are refused', async (algorithm, value) => {
    expect(await store(algorithm, value, 'never')).toMatchObject({ status: 400, code: 'INVALID_PAYLOAD' });
  });
});
