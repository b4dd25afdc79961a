/** The thread that works a derivation out; see key-file-kdf.ts. */
import { createHash, scryptSync } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import bcrypt from 'bcrypt-pbkdf';
import type { ScryptTerms } from '../core/ports.ts';
import type { KdfWork } from './key-file-kdf.ts';

/** Bytes that one hash gives. */
const hashLength = 32;

function sha512(...parts: Uint8Array[]): Buffer {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** One block of output: the hashes of all rounds, combined by exclusive or. */
function deriveBlock(passphrase: Buffer, salt: Buffer, rounds: number): Buffer {
  const hashed = Buffer.alloc(hashLength);
  bcrypt.hash(passphrase, sha512(salt), hashed);
  const block = Buffer.from(hashed);
  for (let round = 1; round < rounds; round += 1) {
    bcrypt.hash(passphrase, sha512(hashed), hashed);
    for (const [index, byte] of hashed.entries()) block[index] = (block[index] ?? 0) ^ byte;
  }
  hashed.fill(0);
  return block;
}

/**
 * OpenSSH's `bcrypt_pbkdf` (bcrypt_pbkdf.c of OpenBSD): PBKDF2 with bcrypt in place of HMAC, whose output bytes
 * are dealt out over the key in turns.
 */
function bcryptPbkdf({ passphrase, salt, length }: KdfWork, rounds: number): Uint8Array<ArrayBuffer> {
  const secret = sha512(passphrase);
  passphrase.fill(0);
  const blocks = Math.ceil(length / hashLength);
  const key = new Uint8Array(length);
  for (let number = 0; number < blocks; number += 1) {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(number + 1);
    const block = deriveBlock(secret, Buffer.concat([salt, counter]), rounds);
    for (let index = 0; index * blocks + number < length; index += 1) {
      key[index * blocks + number] = block[index] ?? 0;
    }
    block.fill(0);
  }
  secret.fill(0);
  return key;
}

/** RFC 7914, section 6. */
function scrypt({ passphrase, salt, length }: KdfWork, terms: ScryptTerms): Uint8Array<ArrayBuffer> {
  const { cost: N, blockSize: r, times: p, maxMemory: maxmem } = terms;
  const key = scryptSync(passphrase, salt, length, { N, r, p, maxmem });
  passphrase.fill(0);
  const given = Uint8Array.from(key);
  key.fill(0);
  return given;
}

const work = workerData as KdfWork;
const { terms } = work;
const key = terms.kind === 'bcrypt' ? bcryptPbkdf(work, terms.rounds) : scrypt(work, terms);
parentPort?.postMessage(key, [key.buffer]);
