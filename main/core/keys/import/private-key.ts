import { KeyholdError } from '../../../../contracts/errors.ts';
import type { SshKdf } from '../../ports.ts';
import { readJwk } from './jwk.ts';
import { readOpensshKey } from './openssh-key.ts';
import { readPkcs8 } from './pkcs8.ts';

/** A private key that was read. Whoever gets it zeroes the seed. */
export interface PrivateKey {
  /** 32 bytes (RFC 8032, section 5.1.5). */
  seed: Buffer;
}

/** Beginnings of what people take for an Ed25519 private key, and what each is instead. */
const others: readonly (readonly [
  RegExp,
  'import_public_only' | 'import_wrong_kind' | 'import_unsupported',
])[] = [
  [/^-----BEGIN (?:\w+ )?PUBLIC KEY-----/, 'import_public_only'],
  [/^---- BEGIN SSH2 PUBLIC KEY ----/, 'import_public_only'],
  [/^(?:ssh|ecdsa|sk)-[a-z0-9@.-]+ /, 'import_public_only'],
  [/^-----BEGIN (?:RSA|DSA|EC) PRIVATE KEY-----/, 'import_wrong_kind'],
  [/^-----BEGIN CERTIFICATE-----/, 'import_public_only'],
  [/^PuTTY-User-Key-File-/, 'import_unsupported'],
];

/**
 * Reads an Ed25519 private key: PEM with PKCS#8 (RFC 8410, plain or encrypted), OpenSSH's own form (plain or
 * protected by a passphrase) or a JWK (RFC 8037).
 *
 * @param text - The file's content, UTF-8. The caller zeroes it, and the passphrase.
 * @param passphrase - UTF-8; null when none was given.
 * @throws KeyholdError `import_not_a_key`, `import_public_only`, `import_wrong_kind`, `import_encrypted` when a
 *   passphrase is needed, `import_wrong_passphrase`, `import_damaged`, `import_unsupported`.
 */
export async function readPrivateKey(
  text: Buffer,
  passphrase: Buffer | null,
  kdf: SshKdf,
): Promise<PrivateKey> {
  const given = passphrase === null || passphrase.length === 0 ? null : passphrase;
  const start = text
    .subarray(0, 200)
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart();
  if (start.startsWith('-----BEGIN OPENSSH PRIVATE KEY-----')) return await readOpensshKey(text, given, kdf);
  if (/^-----BEGIN (?:ENCRYPTED )?PRIVATE KEY-----/.test(start)) return readPkcs8(text, given);
  if (start.startsWith('{')) return readJwk(text);
  const other = others.find(([pattern]) => pattern.test(start));
  throw new KeyholdError(other?.[1] ?? 'import_not_a_key');
}
