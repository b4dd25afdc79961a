import { createHash, createPublicKey, verify as verifySignature } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../main/adapters/clock.ts';
import { addKeeper, appKeeper, type AppKeeper } from '../support/app-keeper.ts';
import { FaultyHttp } from '../support/faulty-http.ts';
import { everything, KeeperRig } from '../support/keeper-rig.ts';
import { signInParts, type SignInParts } from '../unit/main/signin/sign-in-parts.ts';

/** The app's own client of keys, against the reference server's keeper. */

let rig: KeeperRig;
let parts: SignInParts;
let app: AppKeeper;
let at: string;
let made = 0;

beforeAll(async () => {
  rig = await KeeperRig.unsealed();
  parts = await signInParts(systemClock);
  at = await addKeeper(parts, rig.server);
  app = appKeeper(parts, systemClock);
});
afterAll(async () => {
  await parts.dispose();
  await rig.stop();
});

type Algorithm = 'ED25519' | 'P256' | 'SECP256K1';
async function newKey(algorithm: Algorithm = 'P256', facts: object = {}): Promise<string> {
  const keyId = `app-${String((made += 1))}`;
  const unlimited = { owner: null, applyUntil: null, processUntil: null };
  await app.changes.create(at, { keyId, algorithm, ...unlimited, ...facts });
  return keyId;
}
const text = (words: string) => ({ from: 'text', text: words }) as const;
const file = { from: 'file' } as const;
const ecdsa = { scheme: 'ECDSA', hash: 'SHA256' } as const;
const eddsa = { scheme: 'EdDSA', hash: 'NONE' } as const;
const authority = 'default';

describe('the app at a keeper', () => {
  it('learns who it is, what it may do, and how the keeper stands', async () => {
    expect(await app.keeper.standing(at)).toMatchObject({
      ...{ subject: 'dev-mode', permissions: everything, isAll: true, state: 'UNSEALED' },
      algorithms: expect.arrayContaining(['ED25519', 'P256', 'SECP256K1']) as string[],
    });
    const status = await parts.contexts.status(at);
    expect(status).toMatchObject({ identity: 'dev-mode', context: { signIn: { state: 'signed_in' } } });
  });

  it('makes keys of each kind, with an owner and an end, and finds them', async () => {
    const applyUntil = new Date(Date.now() + 86_400_000).toISOString();
    const processUntil = new Date(Date.now() + 2 * 86_400_000).toISOString();
    const limited = await newKey('SECP256K1', { owner: 'team/custody', applyUntil, processUntil });
    const others = [await newKey('ED25519'), await newKey('P256')];
    const { keys, isAll } = await app.keeper.list(at);
    expect(isAll).toBe(true);
    expect(keys.map(({ keyId }) => keyId)).toEqual(expect.arrayContaining([limited, ...others]));
    expect((await app.keeper.one(at, limited)).key).toMatchObject({
      ...{ algorithm: 'SECP256K1', owner: 'team/custody', applyUntil, processUntil },
      ...{ state: 'ACTIVE', generation: 1, tampered: false, authorities: [authority] },
    });
    const again = app.changes.create(at, {
      ...{ keyId: limited, algorithm: 'P256', owner: null, applyUntil: null, processUntil: null },
    });
    await expect(again).rejects.toMatchObject({ code: 'remote_key_exists' });
  });

  it('signs a text that the public key verifies, here and there', async () => {
    const keyId = await newKey('ED25519');
    const signed = await app.uses.sign(at, keyId, text('pay 1'), { ...eddsa, authority });
    const { signature = '' } = signed ?? {};
    const { base64, fingerprint } = await app.keeper.publicKey(at, keyId, null);
    const bytes = Buffer.from(base64, 'base64');
    const digest = createHash('sha256').update(bytes).digest('base64').replace('=', '');
    expect(fingerprint).toBe(`SHA256:${digest}`);
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') };
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    expect(verifySignature(null, Buffer.from('pay 1'), key, Buffer.from(signature, 'base64'))).toBe(true);
    const asked = { ...eddsa, signature, generation: null };
    expect(await app.uses.verify(at, keyId, text('pay 1'), asked)).toEqual({ fileName: null, valid: true });
    expect(await app.uses.verify(at, keyId, text('pay 2'), asked)).toMatchObject({ valid: false });
  });

  it('signs, verifies, encrypts and decrypts files', async () => {
    const keyId = await newKey();
    const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
    writeFileSync(join(parts.folder, 'deal.bin'), content);
    app.chosen.open = 'deal.bin';
    const { signature = '', fileName } =
      (await app.uses.sign(at, keyId, file, { ...ecdsa, authority })) ?? {};
    expect(fileName).toBe('deal.bin');
    const asked = { ...ecdsa, signature, generation: 1 };
    expect(await app.uses.verify(at, keyId, file, asked)).toMatchObject({ valid: true });
    const { ciphertext = '' } = (await app.uses.encrypt(at, keyId, file)) ?? {};
    app.chosen.save = 'deal-again.bin';
    expect(await app.uses.decrypt(at, keyId, { ciphertext, generation: null, to: 'file' })).toEqual({
      ...{ text: null, bytes: content.length, fileName: 'deal-again.bin' },
    });
    const path = join(parts.folder, 'deal-again.bin');
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('rotates and refreshes; what was encrypted before is decrypted by its generation until that is destroyed', async () => {
    const keyId = await newKey('P256', { owner: 'team/custody' });
    const first = await app.keeper.publicKey(at, keyId, null);
    const { ciphertext = '' } = (await app.uses.encrypt(at, keyId, text('grüezi'))) ?? {};
    await app.changes.renew(at, keyId, 'rotate');
    const second = await app.keeper.publicKey(at, keyId, null);
    await app.changes.renew(at, keyId, 'refresh');
    expect(second.base64).not.toBe(first.base64);
    expect(await app.keeper.publicKey(at, keyId, null)).toEqual(second);
    const { key, generations } = await app.keeper.one(at, keyId);
    expect(key).toMatchObject({ generation: 3, owner: 'team/custody', authorities: [authority] });
    expect(generations.map(({ generation }) => generation)).toEqual([3, 2, 1]);
    const before = { ciphertext, generation: 1, to: 'text' } as const;
    expect(await app.uses.decrypt(at, keyId, before)).toEqual({ text: 'grüezi', bytes: 7, fileName: null });
    await expect(app.changes.destroy(at, keyId, 3)).rejects.toMatchObject({ code: 'generation_in_use' });
    await app.changes.destroy(at, keyId, 1);
    expect((await app.keeper.one(at, keyId)).generations.at(-1)).toMatchObject({ state: 'DESTROYED' });
    await expect(app.uses.decrypt(at, keyId, before)).rejects.toMatchObject({
      code: expect.stringMatching(/^remote_key_(over|not_found)$/) as string,
    });
  });

  it.each(['rotate', 'refresh'] as const)('gives a key whose time is over a later end: %s', async (mode) => {
    const keyId = `over-${mode}`;
    const end = { unit: 'MILLISECONDS', notAfter: Date.now() - 1000 };
    const policy = { process: end, allowHistoricalProcess: false };
    await rig.generate(keyId, 'P256', { policy, assetOwner: 'team/custody' });
    const use = () => app.uses.encrypt(at, keyId, text('late'));
    await app.changes.renew(at, keyId, mode);
    expect((await app.keeper.one(at, keyId)).key).toMatchObject({ generation: 2, state: 'EXPIRED' });
    await expect(use()).rejects.toMatchObject({ code: 'remote_key_over' });
    const past = { applyUntil: null, processUntil: new Date(end.notAfter).toISOString() };
    await expect(app.changes.renew(at, keyId, mode, past)).rejects.toMatchObject({ code: 'invalid_end' });
    const ends = {
      applyUntil: new Date(Date.now() + 86_400_000).toISOString(),
      processUntil: new Date(Date.now() + 2 * 86_400_000).toISOString(),
    };
    await app.changes.renew(at, keyId, mode, ends);
    expect((await app.keeper.one(at, keyId)).key).toMatchObject({
      ...{ ...ends, generation: 3, state: 'ACTIVE', owner: 'team/custody', authorities: ['ops'] },
    });
    expect(await use()).toMatchObject({ generation: 3 });
    // What else the policy says stays.
    const earlier = app.uses.decrypt(at, keyId, { ciphertext: 'AAAA', generation: 2, to: 'text' });
    await expect(earlier).rejects.toMatchObject({ code: 'remote_key_over' });
    await app.changes.renew(at, keyId, mode, { applyUntil: null, processUntil: null });
    expect((await app.keeper.one(at, keyId)).key).toMatchObject({ applyUntil: null, processUntil: null });
  });

  it('is told of a key that is not there, and of a generation', async () => {
    const gone = { code: 'remote_key_not_found' };
    await expect(app.keeper.one(at, 'nowhere')).rejects.toMatchObject(gone);
    await expect(app.keeper.publicKey(at, 'nowhere', null)).rejects.toMatchObject(gone);
    await expect(app.changes.renew(at, 'nowhere', 'rotate')).rejects.toMatchObject(gone);
    await expect(app.changes.destroy(at, 'nowhere', 1)).rejects.toMatchObject(gone);
    const signing = app.uses.sign(at, 'nowhere', text('x'), { ...ecdsa, authority });
    await expect(signing).rejects.toMatchObject(gone);
  });

  it('hears the keeper’s own words where nothing else says it', async () => {
    const keyId = await newKey('ED25519');
    const signing = app.uses.sign(at, keyId, text('x'), { ...ecdsa, authority });
    await expect(signing).rejects.toMatchObject({
      ...{ code: 'service_refused', details: { said: expect.stringMatching(/./) as string } },
    });
  });

  it('writes down what it did, and nothing of the contents', async () => {
    const keyId = await newKey();
    await app.uses.encrypt(at, keyId, text('between us'));
    const log = parts.logged();
    expect(log.at(-1)).toContain('remote_key.encrypted');
    expect(log.join('\n')).not.toContain('between us');
  });

  it('says that a change may be done whose answer was lost, and does not ask again', async () => {
    const http = new FaultyHttp();
    const faulty = appKeeper(parts, systemClock, http);
    const keyId = `lost-${String((made += 1))}`;
    const unlimited = { owner: null, applyUntil: null, processUntil: null };
    http.fault = (request) => (request === 'POST /v2/keeper/dkg' ? 'answer_lost' : null);
    const creating = faulty.changes.create(at, { keyId, algorithm: 'P256', ...unlimited });
    await expect(creating).rejects.toMatchObject({ code: 'maybe_done' });
    expect((await app.keeper.one(at, keyId)).key).toMatchObject({ generation: 1 });
    expect(parts.logged().at(-1)).toContain('perhaps');
  });

  it('is told that the keeper is sealed, and goes on once it is not', async () => {
    const keyId = await newKey();
    await rig.seal();
    const sealed = { code: 'keeper_sealed' };
    expect(await app.keeper.standing(at)).toMatchObject({ subject: 'dev-mode', state: 'SEALED' });
    await expect(app.keeper.list(at)).rejects.toMatchObject(sealed);
    await expect(app.uses.encrypt(at, keyId, text('x'))).rejects.toMatchObject(sealed);
    await expect(app.changes.destroy(at, keyId, 1)).rejects.toMatchObject(sealed);
    // It knows the credential all the same.
    expect((await parts.contexts.status(at)).context.signIn.state).toBe('signed_in');
    await rig.unseal();
    expect(await app.uses.encrypt(at, keyId, text('x'))).toMatchObject({ generation: 1 });
  });
});

describe('a token of few rules', () => {
  it('is told which permission is missing, at each operation', async () => {
    const few = await KeeperRig.unsealed({}, [
      'tkeeper.system.*',
      'tkeeper.compliance.inventory',
      'tkeeper.dkg.create',
    ]);
    const own = await signInParts(systemClock);
    onTestFinished(async () => {
      await own.dispose();
      await few.stop();
    });
    const context = await addKeeper(own, few.server);
    const { keeper, changes, uses } = appKeeper(own, systemClock);
    const unlimited = { owner: null, applyUntil: null, processUntil: null };
    await changes.create(context, { keyId: 'hot', algorithm: 'P256', ...unlimited });
    const signature = Buffer.from('none').toString('base64');
    const refused: [string, () => Promise<unknown>][] = [
      ['key.hot.public', () => keeper.publicKey(context, 'hot', null)],
      ['key.hot.sign', () => uses.sign(context, 'hot', text('x'), { ...ecdsa, authority })],
      [
        'key.hot.verify',
        () => uses.verify(context, 'hot', text('x'), { ...ecdsa, signature, generation: null }),
      ],
      ['key.hot.encrypt', () => uses.encrypt(context, 'hot', text('x'))],
      [
        'key.hot.decrypt',
        () => uses.decrypt(context, 'hot', { ciphertext: signature, generation: null, to: 'text' }),
      ],
      ['key.hot.destroy', () => changes.destroy(context, 'hot', 1)],
      ['dkg.rotate', () => changes.renew(context, 'hot', 'rotate')],
      ['dkg.refresh', () => changes.renew(context, 'hot', 'refresh')],
    ];
    for (const [permission, asked] of refused) {
      await expect(asked()).rejects.toMatchObject({
        ...{ code: 'not_allowed', details: { permission: `tkeeper.${permission}` } },
      });
    }
  });

  it('that is another one is not accepted, and the context says so', async () => {
    const own = await signInParts(systemClock);
    onTestFinished(() => own.dispose());
    const context = await addKeeper(own, rig.server, 'not-the-dev-token-of-here');
    const asked = appKeeper(own, systemClock).keeper.list(context);
    await expect(asked).rejects.toMatchObject({ code: 'token_refused' });
    expect((await own.contexts.status(context)).context.signIn.state).toBe('not_accepted');
  });
});
