import { createPrivateKey } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { limits } from '../../../../../contracts/domain/limits.ts';
import { KeyholdError } from '../../../../../contracts/errors.ts';
import { derivePublicKey } from '../../../../../main/core/credentials/keys/ed25519.ts';
import { findPrivateKeys } from '../../../../../main/core/credentials/keys/import/find-keys.ts';
import { openPrivateKey } from '../../../../../main/core/credentials/keys/import/found-key.ts';
import { formatPublicKey } from '../../../../../main/core/credentials/keys/key-export.ts';
import { KeyMaker } from '../../../../support/ssh-keys.ts';
import { keyFileKdf, onlyKey } from './only-key.ts';

const maker = new KeyMaker();
afterAll(() => {
  maker.remove();
});

const secret = 'open sesame ü';

/** Reads a key and gives its public half, so that no private one lands in a failure's output. */
async function read(text: Buffer | string, passphrase: string | null = null): Promise<Buffer> {
  const given = passphrase === null ? null : Buffer.from(passphrase);
  return derivePublicKey(await onlyKey(Buffer.from(text), given));
}

const refused = (text: Buffer | string, passphrase: string | null = null): Promise<string> =>
  read(text, passphrase).then(
    () => 'accepted',
    (error: unknown) => (error instanceof KeyholdError ? error.code : String(error)),
  );

describe('a key of ssh-keygen', () => {
  it('without a passphrase is read as ssh-keygen reads it', async () => {
    const path = maker.sshFile();
    const publicKey = await read(readFileSync(path));
    expect(formatPublicKey(publicKey, 'laptop', 'openssh')).toBe(KeyMaker.publicLine(path));
  });

  it.each([
    ['of its own choice', []],
    ['aes256-ctr', ['-Z', 'aes256-ctr', '-a', '2']],
    ['aes192-ctr', ['-Z', 'aes192-ctr', '-a', '2']],
    ['aes128-ctr', ['-Z', 'aes128-ctr', '-a', '2']],
    ['aes256-cbc', ['-Z', 'aes256-cbc', '-a', '2']],
    ['aes256-gcm', ['-Z', 'aes256-gcm@openssh.com', '-a', '2']],
    ['aes128-gcm', ['-Z', 'aes128-gcm@openssh.com', '-a', '2']],
    ['one round', ['-a', '1']],
  ])('protected by a passphrase with a cipher %s opens with it, and with it only', async (_name, options) => {
    const path = maker.sshFile(secret, ['-t', 'ed25519', ...options]);
    const text = readFileSync(path);
    const publicKey = await read(text, secret);
    expect(formatPublicKey(publicKey, 'laptop', 'openssh')).toBe(KeyMaker.publicLine(path, secret));
    expect(await refused(text, 'not the passphrase')).toBe('import_wrong_passphrase');
    expect(await refused(text)).toBe('import_encrypted');
    expect(await refused(text, '')).toBe('import_encrypted');
  });

  it('without a passphrase is read whatever passphrase is given', async () => {
    const path = maker.sshFile();
    expect(formatPublicKey(await read(readFileSync(path), secret), 'laptop', 'openssh')).toBe(
      KeyMaker.publicLine(path),
    );
  });

  it.each([
    ['RSA', ['-t', 'rsa', '-b', '1024']],
    ['ECDSA', ['-t', 'ecdsa']],
  ])('of kind %s is refused for its kind, before a passphrase is asked for', async (_name, options) => {
    expect(await refused(maker.ssh('', options))).toBe('import_wrong_kind');
    expect(await refused(maker.ssh(secret, [...options, '-a', '1']))).toBe('import_wrong_kind');
  });

  it('with a cipher that cannot be opened here says so', async () => {
    const text = maker.ssh(secret, ['-t', 'ed25519', '-a', '1', '-Z', 'chacha20-poly1305@openssh.com']);
    expect(await refused(text, secret)).toBe('import_unsupported');
  });

  it('with absurdly many rounds is refused at once', async () => {
    const body = (text: Buffer): Buffer =>
      Buffer.from(text.toString().split('\n').slice(1, -2).join(''), 'base64');
    const bytes = body(maker.ssh(secret, ['-t', 'ed25519', '-a', '2']));
    // magic, "aes256-ctr", "bcrypt", options: a string of a 16 byte salt and the rounds.
    const rounds = bytes.indexOf('bcrypt') + 'bcrypt'.length + 4 + 4 + 16;
    expect(bytes.readUInt32BE(rounds)).toBeGreaterThan(1);
    for (const many of [401, 0xffffffff]) {
      bytes.writeUInt32BE(many, rounds);
      const lines = `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`;
      expect(await refused(lines, secret)).toBe('import_unsupported');
    }
  });

  it('its public half alone is no private key', async () => {
    const path = maker.sshFile();
    expect(await refused(readFileSync(`${path}.pub`))).toBe('import_public_only');
  });
});

describe('a PKCS#8 key of openssl', () => {
  it('is read as openssl reads it', async () => {
    const path = maker.pemFile();
    expect(formatPublicKey(await read(readFileSync(path)), '', 'pem')).toBe(KeyMaker.publicPem(path));
  });

  it.each([
    ['by default', []],
    ['PBKDF2 with SHA-1', ['-v2prf', 'hmacWithSHA1']],
    ['AES-128', ['-v2', 'aes-128-cbc']],
  ])('encrypted %s opens with its passphrase, and with it only', async (_name, options) => {
    const path = maker.pemFile();
    const text = maker.encrypt(path, secret, options);
    expect(formatPublicKey(await read(text, secret), '', 'pem')).toBe(KeyMaker.publicPem(path));
    expect(await refused(text, 'not the passphrase')).toBe('import_wrong_passphrase');
    expect(await refused(text)).toBe('import_encrypted');
  });

  it.each([
    ['iterations', ['-iter', '70000'], '0203011170', '02037fffff'],
    ['iterations, by a little,', ['-iter', '70000'], '0203011170', '0203100000'],
    [
      'memory in large blocks',
      ['-scrypt', '-scrypt_N', '65536', '-scrypt_r', '2', '-scrypt_p', '1'],
      '0203010000020102020101',
      '02010202030fffff020101',
    ],
    ['scrypt that takes a gigabyte', ['-scrypt'], '02024000020108020101', '02027fff020108020164'],
  ])('that asks for more %s than anybody needs is refused at once', async (_name, options, asked, much) => {
    const text = maker.encrypt(maker.pemFile(), secret, options).toString();
    const der = Buffer.from(text.split('\n').slice(1, -2).join(''), 'base64').toString('hex');
    expect(der).toContain(asked);
    const bytes = Buffer.from(der.replace(asked, much), 'hex').toString('base64');
    const changed = `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${bytes}\n-----END ENCRYPTED PRIVATE KEY-----\n`;
    expect(await refused(changed, secret)).toBe('import_unsupported');
  });

  it('encrypted in a form that is no DER is damaged', async () => {
    for (const hex of ['', '30', '3080', '308400000000', '3003300102', '30053003020500']) {
      const bytes = Buffer.from(hex, 'hex').toString('base64');
      const text = `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${bytes}\n-----END ENCRYPTED PRIVATE KEY-----\n`;
      expect(await refused(text, secret), hex).toBe('import_damaged');
    }
  });

  it.each([
    ['RSA', ['-algorithm', 'rsa', '-pkeyopt', 'rsa_keygen_bits:1024']],
    ['ECDSA', ['-algorithm', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']],
    ['X25519', ['-algorithm', 'x25519']],
    ['Ed448', ['-algorithm', 'ed448']],
  ])('of kind %s is refused for its kind', async (_name, options) => {
    expect(await refused(maker.pem(options))).toBe('import_wrong_kind');
  });

  it('in the older forms for RSA and EC is refused for its kind', async () => {
    expect(await refused('-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n')).toBe(
      'import_wrong_kind',
    );
    expect(await refused('-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----\n')).toBe(
      'import_wrong_kind',
    );
  });

  it('its public half alone is no private key', async () => {
    expect(await refused(KeyMaker.publicPem(maker.pemFile()))).toBe('import_public_only');
  });

  it('may have text and a byte order mark around it, and Windows line ends', async () => {
    const path = maker.pemFile();
    const text = `\uFEFF\n${readFileSync(path, 'utf8').replaceAll('\n', '\r\n')}\r\nmy key\r\n`;
    expect(formatPublicKey(await read(text), '', 'pem')).toBe(KeyMaker.publicPem(path));
  });
});

describe('a JWK', () => {
  const jwkOf = (path: string): Record<string, unknown> =>
    createPrivateKey(readFileSync(path)).export({ format: 'jwk' });

  it('is read, with members that are not part of the key', async () => {
    const path = maker.pemFile();
    const text = JSON.stringify({ ...jwkOf(path), kid: 'mine', use: 'sig', alg: 'EdDSA' });
    expect(formatPublicKey(await read(text), '', 'pem')).toBe(KeyMaker.publicPem(path));
  });

  it.each([
    ['without its private part', { d: undefined }, 'import_public_only'],
    ['with the public key of another', { x: 'A'.repeat(43) }, 'import_damaged'],
    ['with a private part that is too short', { d: 'AAAA' }, 'import_damaged'],
    ['without its public part', { x: undefined }, 'import_damaged'],
    ['of another curve', { crv: 'X25519' }, 'import_wrong_kind'],
    ['without a curve', { crv: undefined }, 'import_damaged'],
    ['of another kind', { kty: 'RSA' }, 'import_wrong_kind'],
    ['that is no JWK', { kty: undefined }, 'import_not_a_key'],
  ])('%s is refused', async (_name, change, code) => {
    expect(await refused(JSON.stringify({ ...jwkOf(maker.pemFile()), ...change }))).toBe(code);
  });

  it('that is cut off is damaged', async () => {
    expect(await refused(JSON.stringify(jwkOf(maker.pemFile())).slice(0, -20))).toBe('import_damaged');
  });
});

describe('the work that a passphrase takes', () => {
  it.each([
    ['PBKDF2', () => maker.encrypt(maker.pemFile(), secret, ['-iter', '100000'])],
    ['scrypt', () => maker.encrypt(maker.pemFile(), secret, ['-scrypt'])],
    ['bcrypt', () => maker.ssh(secret, ['-t', 'ed25519', '-a', '1'])],
  ])('of %s leaves the main thread to others', async (_name, text) => {
    const opening = read(text(), secret);
    const first = await Promise.race([opening.then(() => 'the key'), setImmediate('another turn')]);
    expect(first).toBe('another turn');
    expect(await opening).toHaveLength(32);
  });

  it('of scrypt is left to the thread: where Electron has it, the call itself does all of it once', async () => {
    const asked: number[] = [];
    const kdf = {
      bcryptPbkdf: () => Promise.reject(new Error('not asked for')),
      scrypt: (...terms: Parameters<typeof keyFileKdf.scrypt>) => {
        asked.push(terms[2].cost);
        return keyFileKdf.scrypt(...terms);
      },
    };
    const [key] = findPrivateKeys(maker.encrypt(maker.pemFile(), secret, ['-scrypt']));
    if (key === undefined) throw new Error('no key');
    expect((await openPrivateKey(key, Buffer.from(secret), kdf)).seed).toHaveLength(32);
    expect(asked).toEqual([16384]);
  });

  it('is done for the bytes as typed, then for other spellings of them', async () => {
    const [composed, decomposed] = [secret, secret.normalize('NFD')];
    const path = maker.pemFile();
    const texts = [
      maker.ssh(decomposed, ['-t', 'ed25519', '-a', '1']),
      ...[composed, decomposed].map((made) => maker.encrypt(path, made)),
    ];
    for (const text of texts) {
      for (const typed of [composed, decomposed]) expect(await read(text, typed)).toHaveLength(32);
    }
    expect(await refused(texts[1] ?? '', `${decomposed}!`)).toBe('import_wrong_passphrase');
  });
});

describe('what is no key', () => {
  it.each([
    ['nothing', '', 'import_not_a_key'],
    ['words', 'The quick brown fox', 'import_not_a_key'],
    ['bytes', '\u0000\u0001\u0002', 'import_not_a_key'],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----', 'import_public_only'],
    ['a PuTTY key', 'PuTTY-User-Key-File-3: ssh-ed25519\n', 'import_unsupported'],
    ['a beginning without an end', '-----BEGIN PRIVATE KEY-----\nMC4C', 'import_damaged'],
    [
      'a frame around nothing',
      '-----BEGIN OPENSSH PRIVATE KEY-----\n-----END OPENSSH PRIVATE KEY-----',
      'import_damaged',
    ],
  ])('%s is refused: %s', async (_name, text, code) => {
    expect(await refused(text)).toBe(code);
  });

  it('a key that was changed anywhere is either refused with a code or the same key', async () => {
    const path = maker.pemFile();
    const text = readFileSync(path);
    const jwk = JSON.stringify(createPrivateKey(text).export({ format: 'jwk' }));
    const originals = [
      ...[maker.ssh(), text, Buffer.from(jwk)],
      ...[maker.encrypt(path, 'open sesame'), maker.ssh('open sesame', ['-t', 'ed25519', '-a', '1'])],
    ];
    // A thread is begun for each of the last.
    const seldomProtected = fc.constantFrom(0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4);
    const keys = await Promise.all(originals.map((original) => read(original, 'open sesame')));
    await fc.assert(
      fc.asyncProperty(seldomProtected, fc.nat(), edits, async (which, at, edit) => {
        const changed = edit(originals[which] ?? text, at);
        const outcome = await read(changed, 'open sesame').catch((error: unknown) => error);
        if (outcome instanceof KeyholdError) expect(outcome.code).toMatch(/^import_/);
        // Nothing in PKCS#8, in clear or encrypted, tells that its 32 bytes are others now.
        else if (which === 1 || which === 3) expect(outcome).toHaveLength(32);
        else expect(outcome).toEqual(keys[which]);
      }),
      { numRuns: 400 },
    );
  });

  it('whatever it is, is refused with a code', () => {
    const parts = fc.constantFrom(
      ...[
        '-----BEGIN PRIVATE KEY-----\n',
        '-----END PRIVATE KEY-----',
        '-----BEGIN OPENSSH PRIVATE KEY-----',
      ],
      ...['MC4CAQAwBQYDK2VwBCIEIA', 'b3BlbnNzaC1rZXktdjEAAAAA', '{"kty":"OKP","crv":"Ed25519",', '"d":"AA"}'],
      ...['{"keys":[', ']}', '\\n', '\\"', '\ufeff', '\u0000', ' ', '\n', 'ssh-ed25519 AAAA', '0\u0080'],
    );
    const texts = fc
      .array(fc.oneof(parts, fc.string()), { maxLength: 12 })
      .map((all) => Buffer.from(all.join('')));
    const bytes = fc.uint8Array({ maxLength: 200 }).map((some) => Buffer.from(some));
    fc.assert(
      fc.property(fc.oneof(texts, bytes), (given) => {
        try {
          findPrivateKeys(given);
        } catch (error) {
          expect((error as KeyholdError).code).toMatch(/^import_/);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ' ',
    '\\',
    '[',
    '{"a":',
    '=',
    '-----BEGIN PRIVATE KEY-----\n',
    '-----BEGIN A-----',
    '\\"',
    '1,',
    'a: b\n',
  ])('as long as it may be of %j alone, ends', async (unit) => {
    const long = unit.repeat(limits.keyTextMax).slice(0, limits.keyTextMax);
    const framed = `-----BEGIN PRIVATE KEY-----\n${long}!-----END PRIVATE KEY-----`;
    for (const text of [long, `${long}!`, `[${long}]`, framed])
      expect(await refused(text)).toMatch(/^import_/);
  });
});

/** Ways in which a text goes wrong: a byte is another, is missing or twice, or the rest is gone. */
const edits: fc.Arbitrary<(text: Buffer, at: number) => Buffer> = fc.oneof(
  fc.nat(255).map((byte) => (text: Buffer, at: number) => {
    const changed = Buffer.from(text);
    changed[at % text.length] = byte;
    return changed;
  }),
  fc.constantFrom(
    (text: Buffer, at: number) => text.subarray(0, at % text.length),
    (text: Buffer, at: number) =>
      Buffer.concat([text.subarray(0, at % text.length), text.subarray((at % text.length) + 1)]),
    (text: Buffer, at: number) =>
      Buffer.concat([text.subarray(0, at % text.length), text.subarray((at % text.length) - 1)]),
  ),
);
