import { createHash } from 'node:crypto';
import { limits } from '../../../contracts/domain/limits.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { Argon2Parameters, Kdf, Random } from '../ports.ts';
import { decrypt, encrypt, nonceLength, tagLength } from '../vault/aes.ts';
import { deriveKey, wipe } from '../vault/bytes.ts';
import { isBearable } from '../vault/header.ts';
import { newSpelling, tryEachSpelling } from '../vault/passphrase-spellings.ts';

/**
 * The outside of a backup file (ADR 11). Numbers are big-endian.
 *
 *   0  8  `KHBACKUP`
 *   8  1  format, 2; 1 is read as well, and differs in its content alone
 *   9  4  Argon2id memory, KiB
 *  13  4  Argon2id iterations
 *  17  1  Argon2id lanes
 *  18 16  salt
 *  34 12  nonce
 *  46  …  AES-256-GCM cipher text and tag; bytes 0 to 45 are its additional data
 * -32 32  SHA-256 of all bytes before: tells accidental damage from a wrong passphrase
 */
const magic = Buffer.from('KHBACKUP', 'ascii');
const format = 2;
const earliestFormat = 1;
const formatAt = magic.length;
const memoryAt = 9;
const iterationsAt = 13;
const lanesAt = 17;
const saltAt = 18;
const saltLength = 16;
const nonceAt = saltAt + saltLength;
const bodyAt = nonceAt + nonceLength;
const checksumLength = 32;

/** The key of one backup and the terms it was derived on. The owner wipes `key`. */
interface BackupKey {
  parameters: Argon2Parameters;
  salt: Buffer;
  key: Buffer;
}

/** A backup file whose outside is in order: what it takes to open it. */
export interface SealedBackup {
  parameters: Argon2Parameters;
  salt: Buffer;
  nonce: Buffer;
  /** What the content is bound to. */
  header: Buffer;
  sealed: Buffer;
}

function checksum(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

async function keyFor(
  kdf: Kdf,
  passphrase: Buffer,
  salt: Buffer,
  parameters: Argon2Parameters,
): Promise<Buffer> {
  const derived = await kdf.argon2id(passphrase, salt, parameters);
  try {
    return deriveKey(derived, 'keyhold backup v1');
  } finally {
    wipe(derived);
  }
}

/** Derives the key of a new backup with Argon2id (RFC 9106). */
export async function newBackupKey(
  deps: { kdf: Kdf; random: Random },
  passphrase: Buffer,
  parameters: Argon2Parameters,
): Promise<BackupKey> {
  const salt = deps.random.bytes(saltLength);
  const spelling = newSpelling(passphrase);
  try {
    return { parameters, salt, key: await keyFor(deps.kdf, spelling, salt, parameters) };
  } finally {
    wipe(spelling);
  }
}

/**
 * The bytes of a backup file with this content. To be called once for each key.
 * @throws KeyholdError `backup_too_large`: it could not be read again
 */
export function sealBackup(random: Random, { parameters, salt, key }: BackupKey, content: Buffer): Buffer {
  const header = Buffer.alloc(bodyAt);
  const nonce = random.bytes(nonceLength);
  magic.copy(header);
  header.writeUInt8(format, formatAt);
  header.writeUInt32BE(parameters.memoryKiB, memoryAt);
  header.writeUInt32BE(parameters.iterations, iterationsAt);
  header.writeUInt8(parameters.parallelism, lanesAt);
  salt.copy(header, saltAt);
  nonce.copy(header, nonceAt);
  const body = Buffer.concat([header, encrypt(key, nonce, header, content)]);
  const file = Buffer.concat([body, checksum(body)]);
  if (file.length > limits.backupBytes) throw new KeyholdError('backup_too_large');
  return file;
}

function readParameters(header: Buffer): Argon2Parameters {
  const parameters = {
    memoryKiB: header.readUInt32BE(memoryAt),
    iterations: header.readUInt32BE(iterationsAt),
    parallelism: header.readUInt8(lanesAt),
  };
  if (!isBearable(parameters)) throw new KeyholdError('backup_damaged');
  return parameters;
}

/**
 * Looks at the outside of a file. Nothing of it can be trusted yet but that it is whole.
 * @throws KeyholdError `backup_foreign` (not a backup at all), `backup_damaged`, `backup_newer`, `backup_too_large`
 */
export function readBackup(file: Buffer): SealedBackup {
  if (!file.subarray(0, magic.length).equals(magic)) throw new KeyholdError('backup_foreign');
  if (file.length > limits.backupBytes) throw new KeyholdError('backup_too_large');
  const body = file.subarray(0, Math.max(0, file.length - checksumLength));
  // Asked before the format: a format that a flipped bit made up must not send anyone for a newer Keyhold.
  if (body.length <= formatAt || !checksum(body).equals(file.subarray(body.length))) {
    throw new KeyholdError('backup_damaged');
  }
  if (body.readUInt8(formatAt) > format) throw new KeyholdError('backup_newer');
  if (body.readUInt8(formatAt) < earliestFormat || body.length < bodyAt + tagLength) {
    throw new KeyholdError('backup_damaged');
  }
  const header = body.subarray(0, bodyAt);
  return {
    parameters: readParameters(header),
    salt: header.subarray(saltAt, nonceAt),
    nonce: header.subarray(nonceAt, bodyAt),
    header,
    sealed: body.subarray(bodyAt),
  };
}

/**
 * Decrypts a backup. The caller zeroes the answer.
 * @throws KeyholdError `backup_wrong_passphrase`, also for a file that was changed on purpose
 */
export async function openBackup(kdf: Kdf, backup: SealedBackup, passphrase: Buffer): Promise<Buffer> {
  const content = await tryEachSpelling(passphrase, 'prepared', async (spelling) => {
    const key = await keyFor(kdf, spelling, backup.salt, backup.parameters);
    try {
      return decrypt(key, backup.nonce, backup.header, backup.sealed);
    } finally {
      wipe(key);
    }
  });
  if (content === null) throw new KeyholdError('backup_wrong_passphrase');
  return content;
}
