import { createDecipheriv, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { KeyholdError } from '../../../../../contracts/errors.ts';
import type { KeyFileKdf } from '../../../ports.ts';
import { DerError, tag, type DerReader } from './der.ts';
import { ciphers, hashes, oid } from './oids.ts';

/**
 * Most iterations that a passphrase may be hashed with, up to half a second; OpenSSL takes 2048, and 600,000 is what is
 * advised today.
 */
const maxIterations = 1_000_000;
/** Most that scrypt may do, cost times size of a block times how often: a second. OpenSSL takes a sixteenth. */
const maxScryptWork = 2 ** 21;
/** Most memory for scrypt, bytes: 256 MiB for the largest cost, and what is beside that. */
const maxScryptMemory = 272 * 1024 * 1024;

/** How a PKCS#8 key is encrypted. */
interface Pbes2 {
  cipher: { name: string; keyLength: number; iv: Buffer };
  /** Makes the cipher's key of a passphrase, off the main thread. The caller zeroes it. */
  derive: (passphrase: Buffer, kdf: KeyFileKdf) => Promise<Buffer>;
}

/**
 * Reads the algorithm of an encrypted PKCS#8 key: PBES2 (RFC 8018, section 6.2) with PBKDF2 or scrypt (RFC 7914,
 * section 7). Refuses what would take more work than anybody needs, before any of it is done.
 *
 * @throws KeyholdError `import_unsupported`
 * @throws DerError
 */
export function readPbes2(algorithm: DerReader): Pbes2 {
  if (algorithm.oid() !== oid.pbes2) throw new KeyholdError('import_unsupported');
  const parameters = algorithm.sequence();
  algorithm.end();
  const derivation = parameters.sequence();
  const cipher = readCipher(parameters.sequence());
  parameters.end();
  const kind = derivation.oid();
  if (kind === oid.pbkdf2) return { cipher, derive: readPbkdf2(derivation, cipher.keyLength) };
  if (kind === oid.scrypt) return { cipher, derive: readScrypt(derivation, cipher.keyLength) };
  throw new KeyholdError('import_unsupported');
}

function readCipher(scheme: DerReader): Pbes2['cipher'] {
  const known = ciphers.get(scheme.oid());
  if (known === undefined) throw new KeyholdError('import_unsupported');
  const iv = scheme.take(tag.octets);
  scheme.end();
  if (iv.length !== known.ivLength) throw new DerError();
  return { name: known.name, keyLength: known.keyLength, iv };
}

/** A key's length, where it is named, is that of the cipher's key. */
function requireLength(parameters: DerReader, keyLength: number): void {
  if (parameters.next() === tag.integer && parameters.integer() !== keyLength) throw new DerError();
}

function readPbkdf2(derivation: DerReader, keyLength: number): Pbes2['derive'] {
  const parameters = derivation.sequence();
  derivation.end();
  // Its other form, a salt from elsewhere, has never been defined.
  const salt = parameters.take(tag.octets);
  const iterations = parameters.integer();
  requireLength(parameters, keyLength);
  // RFC 8018, appendix A.2: HMAC with SHA-1 unless another one is named.
  const hash = parameters.next() === null ? 'sha1' : readHash(parameters.sequence());
  parameters.end();
  if (iterations < 1) throw new DerError();
  if (iterations > maxIterations) throw new KeyholdError('import_unsupported', { found: 'too_costly' });
  return (passphrase) => promisify(pbkdf2)(passphrase, salt, iterations, keyLength, hash);
}

function readHash(algorithm: DerReader): string {
  const hash = hashes.get(algorithm.oid());
  if (hash === undefined) throw new KeyholdError('import_unsupported');
  if (algorithm.next() === tag.nothing) algorithm.take(tag.nothing);
  algorithm.end();
  return hash;
}

function readScrypt(derivation: DerReader, keyLength: number): Pbes2['derive'] {
  const parameters = derivation.sequence();
  derivation.end();
  const salt = parameters.take(tag.octets);
  const [cost, blockSize, times] = [parameters.integer(), parameters.integer(), parameters.integer()];
  requireLength(parameters, keyLength);
  parameters.end();
  // RFC 7914, section 6, and two blocks to work in.
  const memory = 128 * blockSize * (cost + times + 2);
  if (cost * blockSize * times > maxScryptWork || memory > maxScryptMemory) {
    throw new KeyholdError('import_unsupported', { found: 'too_costly' });
  }
  // RFC 7914, section 6: the cost is a power of two, larger than 1 and less than 2^(128 * r / 8).
  const isPower = cost > 1 && Number.isInteger(Math.log2(cost));
  if (!isPower || blockSize < 1 || times < 1 || Math.log2(cost) >= 16 * blockSize) throw new DerError();
  const terms = { cost, blockSize, times, maxMemory: maxScryptMemory };
  return (passphrase, kdf) => kdf.scrypt(passphrase, salt, terms, keyLength);
}

/** Decrypts with the key that was derived; null when it is not the right one. The caller zeroes the answer. */
export function decryptPbes2({ name, iv }: Pbes2['cipher'], key: Buffer, data: Buffer): Buffer | null {
  const decipher = createDecipheriv(name, key, iv);
  try {
    return Buffer.concat([decipher.update(data), decipher.final()]);
  } catch {
    return null;
  }
}
