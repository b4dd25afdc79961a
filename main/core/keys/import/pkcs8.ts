import { createPrivateKey, type KeyObject } from 'node:crypto';
import { KeyholdError } from '../../../../contracts/errors.ts';
import { keyLength } from '../ed25519.ts';
import { algorithmNumbers } from './der.ts';
import { pemBody } from './pem.ts';
import type { PrivateKey } from './private-key.ts';

/** How OpenSSL and BoringSSL name what they cannot open at all, such as scrypt in BoringSSL. */
const unsupported = /UNSUPPORTED|UNKNOWN_(?:CIPHER|ALGORITHM|DIGEST)/i;

/**
 * Most iterations that a passphrase may be hashed with, about half a second; OpenSSL takes 2048, and 600,000 is what is
 * advised today. The runtime does them all at once, and the app stands still meanwhile.
 */
const maxIterations = 1_000_000;
/** Of the ciphers that a key can have, bytes. */
const longestKey = 32;

/**
 * Reads PKCS#8 in PEM: RFC 5958, for Ed25519 RFC 8410 section 7; encrypted as RFC 8018 (PBES2) says, as far as the
 * runtime can.
 *
 * @throws KeyholdError as `readPrivateKey`.
 */
export function readPkcs8(text: Buffer, passphrase: Buffer | null): PrivateKey {
  const encrypted = text.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----');
  if (encrypted && passphrase === null) throw new KeyholdError('import_encrypted');
  const key = encrypted && passphrase !== null ? openEncrypted(text, passphrase) : openPlain(text);
  if (key.asymmetricKeyType !== 'ed25519') throw new KeyholdError('import_wrong_kind');
  const der = key.export({ format: 'der', type: 'pkcs8' });
  try {
    // RFC 8410, section 7: the seed is the last part of what is exported without attributes.
    return { seed: Buffer.from(der.subarray(der.length - keyLength)) };
  } finally {
    der.fill(0);
  }
}

function openPlain(text: Buffer): KeyObject {
  const der = pemBody(text, 'PRIVATE KEY');
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } catch {
    throw new KeyholdError('import_damaged');
  } finally {
    der.fill(0);
  }
}

function openEncrypted(text: Buffer, passphrase: Buffer): KeyObject {
  const der = pemBody(text, 'ENCRYPTED PRIVATE KEY');
  requireBearable(der);
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8', passphrase });
  } catch (error) {
    const reason =
      error instanceof Error ? `${'code' in error ? String(error.code) : ''} ${error.message}` : '';
    // A wrong passphrase now and then gives bytes that end like a key and are none.
    throw new KeyholdError(unsupported.test(reason) ? 'import_unsupported' : 'import_wrong_passphrase');
  } finally {
    der.fill(0);
  }
}

/**
 * Refuses what would keep the app busy. The numbers are iterations and key length, or what scrypt is to do: its cost,
 * times the size of a block, times how often.
 *
 * @throws KeyholdError `import_unsupported`, `import_damaged`
 */
function requireBearable(der: Buffer): void {
  const numbers = algorithmNumbers(der);
  if (numbers === null) throw new KeyholdError('import_damaged');
  const work = numbers.reduce((product, number) => product * number, 1);
  const most = numbers.length < 3 ? maxIterations * longestKey : maxIterations;
  if (work > most || numbers.some((number) => number > maxIterations)) {
    throw new KeyholdError('import_unsupported');
  }
}
