/** The thread that works `bcrypt_pbkdf` out; see ssh-kdf.ts. */
import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import bcrypt from 'bcrypt-pbkdf';
import type { SshKdfWork } from './ssh-kdf.ts';

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
function derive({ passphrase, salt, rounds, length }: SshKdfWork): Uint8Array<ArrayBuffer> {
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

const key = derive(workerData as SshKdfWork);
parentPort?.postMessage(key, [key.buffer]);
