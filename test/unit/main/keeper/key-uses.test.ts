import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  decryptRequestSchema,
  encryptRequestSchema,
  signRequestSchema,
  verifyRequestSchema,
} from '../../../../contracts/server-api/tkeeper/signing.ts';
import { ipcContract } from '../../../../contracts/ipc/index.ts';
import { OddKeeper, paths } from './odd-keeper.ts';

let rig: OddKeeper;
beforeEach(async () => {
  rig = await OddKeeper.start();
  rig.answer(paths.sign, { type: 'EdDSA', signature64: 'c2ln', generation: 3, imposters: [] });
  rig.answer(paths.verify, { valid: true });
  rig.answer(paths.encrypt, { ciphertext64: 'Y2lwaGVy', generation: 3 });
  rig.answer(paths.decrypt, { plaintext64: Buffer.from('hello').toString('base64'), imposters: [] });
});
afterEach(() => rig.stop());

const text = { from: 'text', text: 'pay 1 €' } as const;
const bytes = Buffer.from(text.text).toString('base64');
const file = { from: 'file' } as const;
const scheme = { scheme: 'EdDSA', hash: 'NONE' } as const;
const sign = (content: typeof text | typeof file = text) =>
  rig.uses.sign('c', 'hot', content, { ...scheme, authority: 'default' });
const verify = (facts: object = {}, content: typeof text | typeof file = text) =>
  rig.uses.verify('c', 'hot', content, { ...scheme, signature: 'c2ln', generation: null, ...facts });
const encrypt = (content: typeof text | typeof file = text) => rig.uses.encrypt('c', 'hot', content);
const decrypt = (facts: object = {}) =>
  rig.uses.decrypt('c', 'hot', { ciphertext: 'Y2lwaGVy', generation: null, to: 'text', ...facts });

describe('a text', () => {
  it('is signed, and the log says by which key', async () => {
    expect(await sign()).toEqual({ fileName: null, signature: 'c2ln', scheme: 'EdDSA', generation: 3 });
    const { body } = rig.asked[0] ?? {};
    const artifact = { ...scheme, data64: bytes };
    expect(body).toEqual({ keyId: 'hot', command: { type: 'arbitrary', authorityId: 'default', artifact } });
    expect(signRequestSchema.safeParse(body).success).toBe(true);
    expect(rig.activity).toEqual([{ kind: 'remote_key.signed', contextName: 'Vault keeper', detail: 'hot' }]);
  });

  it('is verified against a signature as it was pasted', async () => {
    expect(await verify({ signature: ' c2\r\nln\t', generation: 2 })).toEqual({
      fileName: null,
      valid: true,
    });
    const { body } = rig.asked[0] ?? {};
    const command = { type: 'arbitrary', artifact: { ...scheme, data64: bytes } };
    expect(body).toEqual({ keyId: 'hot', generation: 2, command, signature64: 'c2ln' });
    expect(verifyRequestSchema.safeParse(body).success).toBe(true);
    rig.answer(paths.verify, { valid: false });
    expect(await verify()).toEqual({ fileName: null, valid: false });
  });

  it.each(['', ' ', 'c2ln=', 'c2l', 'c2l_', 'c2ln!', '=', 'é'])(
    'is not verified against %j, which is no base64',
    async (signature) => {
      await expect(verify({ signature })).rejects.toMatchObject({ code: 'not_base64' });
      await expect(decrypt({ ciphertext: signature })).rejects.toMatchObject({ code: 'not_base64' });
      expect(rig.asked).toEqual([]);
    },
  );

  it('is encrypted, and decrypted', async () => {
    expect(await encrypt()).toEqual({ fileName: null, ciphertext: 'Y2lwaGVy', generation: 3 });
    expect(await decrypt({ generation: 1 })).toEqual({ text: 'hello', bytes: 5, fileName: null });
    const [encrypted, decrypted] = rig.asked.map(({ body }) => body);
    expect(encrypted).toEqual({ keyId: 'hot', plaintext64: bytes });
    expect(decrypted).toEqual({ keyId: 'hot', generation: 1, ciphertext64: 'Y2lwaGVy' });
    expect(encryptRequestSchema.safeParse(encrypted).success).toBe(true);
    expect(decryptRequestSchema.safeParse(decrypted).success).toBe(true);
    const log = JSON.stringify(rig.activity);
    for (const secret of ['hello', text.text, 'Y2lwaGVy', bytes]) expect(log).not.toContain(secret);
  });

  it('is not encrypted to more than can be sent back', async () => {
    rig.answer(paths.encrypt, { ciphertext64: 'A'.repeat(8 * 1024 * 1024 + 4), generation: 3 });
    await expect(encrypt()).rejects.toMatchObject({ code: 'not_a_keyhold_server' });
  });

  it('is not made of bytes that are none', async () => {
    rig.answer(paths.decrypt, { plaintext64: '/+8=', imposters: [] });
    expect(await decrypt()).toEqual({ text: null, bytes: 2, fileName: null });
  });

  it('is shown as long as one that can be typed', async () => {
    const plain = (length: number) => ({ plaintext64: Buffer.alloc(length, 'a').toString('base64') });
    rig.answer(paths.decrypt, plain(100_000));
    expect((await decrypt())?.text).toHaveLength(100_000);
    rig.answer(paths.decrypt, plain(100_001));
    expect(await decrypt()).toEqual({ text: null, bytes: 100_001, fileName: null });
  });
});

describe('what is copied', () => {
  it.each(['rm -rf ~\n', 'YQ', 'YQ==\n', 'Y Q==', ' ', ''])('is base64, and not %j', (base64) => {
    const { request } = ipcContract.calls.remoteKeys.copy;
    expect(request.safeParse({ base64 }).success).toBe(false);
    expect(request.safeParse({ base64: 'YQ==' }).success).toBe(true);
  });
});

describe('a file', () => {
  it('is sent by its bytes, and told of by its name', async () => {
    rig.chosen = { path: '/home/maya/secret/deal.pdf', name: 'deal.pdf' };
    rig.file = Buffer.from([0, 255, 1]);
    expect(await sign(file)).toMatchObject({ fileName: 'deal.pdf', signature: 'c2ln' });
    expect(await verify({}, file)).toMatchObject({ fileName: 'deal.pdf' });
    expect(await encrypt(file)).toMatchObject({ fileName: 'deal.pdf' });
    expect(JSON.stringify(rig.asked[0]?.body)).toContain('"AP8B"');
    expect(rig.asked[2]?.body).toEqual({ keyId: 'hot', plaintext64: 'AP8B' });
    expect(JSON.stringify([rig.asked, rig.activity])).not.toContain('/home/maya');
    expect(rig.activity[0]).toMatchObject({ detail: 'hot, deal.pdf' });
  });

  it('that nobody chose is asked nothing about', async () => {
    expect([await sign(file), await verify({}, file), await encrypt(file)]).toEqual([null, null, null]);
    expect(await decrypt({ to: 'file' })).toBeNull();
    expect([rig.asked, rig.activity]).toEqual([[], []]);
  });

  it.each([
    ['too_large', 'file_too_large'],
    ['missing', 'storage_failed'],
  ] as const)('that is %s goes nowhere', async (found, code) => {
    rig.chosen = { path: '/x', name: 'x' };
    rig.file = found;
    for (const use of [sign, (content: typeof file) => verify({}, content), encrypt])
      await expect(use(file)).rejects.toMatchObject({ code });
    expect(rig.asked).toEqual([]);
  });

  it('goes nowhere once the vault is locked while the dialog is open', async () => {
    rig.chosen = { path: '/x', name: 'x' };
    [rig.file, rig.savedAs, rig.isLocked] = [Buffer.from('x'), '/y', true];
    await expect(sign(file)).rejects.toThrow('locked');
    await expect(decrypt({ to: 'file' })).rejects.toThrow('locked');
    expect(rig.asked).toEqual([]);
  });

  it('that was decrypted is written for its owner alone, and its bytes are not shown', async () => {
    rig.savedAs = '/home/maya/deal.pdf';
    rig.answer(paths.decrypt, { plaintext64: '/+8=', imposters: [] });
    expect(await decrypt({ to: 'file' })).toEqual({ text: null, bytes: 2, fileName: 'deal.pdf' });
    expect(rig.written).toEqual([
      { path: '/home/maya/deal.pdf', bytes: Buffer.from([255, 239]), mode: 0o600 },
    ]);
    expect(rig.activity).toMatchObject([{ kind: 'remote_key.decrypted', detail: 'hot, deal.pdf' }]);
  });
});

describe('a use that is refused', () => {
  const uses: Record<string, [string, () => Promise<unknown>]> = {
    sign: [paths.sign, () => sign()],
    verify: [paths.verify, () => verify()],
    encrypt: [paths.encrypt, () => encrypt()],
    decrypt: [paths.decrypt, () => decrypt()],
  };
  const refusals: [number, string, string][] = [
    [403, 'ACCESS_DENIED', 'not_allowed'],
    [503, 'KEEPER_SEALED', 'keeper_sealed'],
    [400, 'KEY_NOT_FOUND', 'remote_key_not_found'],
    [403, 'KEY_APPLY_OPS_FORBIDDEN', 'remote_key_over'],
    [403, 'KEY_PROCESS_OPS_FORBIDDEN', 'remote_key_over'],
    [403, 'AUTHORITY_VIOLATION', 'service_refused'],
    [400, 'INVALID_CIPHERTEXT', 'service_refused'],
  ];
  it.each(Object.keys(uses).flatMap((use) => refusals.map((refusal) => [use, ...refusal] as const)))(
    '%s: %i %s is %s, asked once and not written down',
    async (use, status, error, code) => {
      const [path, run] = uses[use] ?? ['', () => Promise.resolve()];
      rig.refuse(path, status, error);
      const details = code === 'not_allowed' ? { permission: `tkeeper.key.hot.${use}` } : {};
      await expect(run()).rejects.toMatchObject({ code, ...(code === 'not_allowed' ? { details } : {}) });
      expect([rig.asked.length, rig.activity]).toEqual([1, []]);
    },
  );

  it.each<[string, unknown]>([
    ['a page', '<html>'],
    ['nothing', ''],
    ['another shape', { signature: 'x', valid: 'yes', ciphertext64: 1, plaintext64: null }],
    ['no base64', { type: 'EdDSA', signature64: '!', ciphertext64: '!', plaintext64: '!', generation: 1 }],
    ['20 MB', { plaintext64: 'A'.repeat(20_000_000) }],
  ])('or answered with %s gives nothing', async (_what, body) => {
    for (const [path, run] of Object.values(uses)) {
      rig.answer(path, body);
      await expect(run()).rejects.toMatchObject({ code: 'not_a_keyhold_server' });
    }
    expect(rig.activity).toEqual([]);
  });
});
