import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import type { KeeperKeys } from '../context.ts';

const cipher = 'aes-256-gcm';
const keySize = 32;
const nonceSize = 12;
const tagSize = 16;

/**
 * The keys that a root key stands for (HKDF, RFC 5869), each for one purpose.
 *
 * @param set - Names the set of shares, so that two keepers never have the same.
 */
export function keysOf(root: Buffer, set: Buffer): KeeperKeys {
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', root, set, `keyhold keeper 1 ${purpose}`, keySize));
  return { material: derive('material'), records: derive('records'), anchorSeen: null };
}

/** Overwrites what is secret. */
export function wipe(bytes: Uint8Array): void {
  bytes.fill(0);
}

/** Overwrites what opens keys, and makes the MACs of records. */
export function wipeKeys({ material, records }: KeeperKeys): void {
  wipe(material);
  wipe(records);
}

/** What a sealed text is for and belongs to: it opens for the same alone. */
export type Belonging = readonly (string | number)[];

/** Encrypts bytes (AES-256-GCM). @returns base64url of nonce, ciphertext and tag */
export function seal(key: Buffer, bytes: Buffer, belonging: Belonging): string {
  const nonce = randomBytes(nonceSize);
  const sealing = createCipheriv(cipher, key, nonce).setAAD(asBytes(belonging));
  const sealed = [sealing.update(bytes), sealing.final()];
  return Buffer.concat([nonce, ...sealed, sealing.getAuthTag()]).toString('base64url');
}

/** Opens what `seal` sealed; null where it was changed, belongs elsewhere, or the key is another. Wipe it after use. */
export function unseal(key: Buffer, text: string, belonging: Belonging): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length < nonceSize + tagSize) return null;
  const opening = createDecipheriv(cipher, key, bytes.subarray(0, nonceSize), { authTagLength: tagSize })
    .setAAD(asBytes(belonging))
    .setAuthTag(bytes.subarray(-tagSize));
  const opened = opening.update(bytes.subarray(nonceSize, -tagSize));
  try {
    opening.final();
    return opened;
  } catch {
    wipe(opened);
    return null;
  }
}

/** HMAC-SHA256 of a row's columns, in base64url. */
export function macOf(key: Buffer, columns: readonly (string | number | null)[]): string {
  return createHmac('sha256', key).update(JSON.stringify(columns)).digest('base64url');
}

/** Whether a row has the MAC of its columns. */
export function hasMac(key: Buffer, columns: readonly (string | number | null)[], mac: string): boolean {
  const [wanted, found] = [Buffer.from(macOf(key, columns)), Buffer.from(mac)];
  return wanted.length === found.length && timingSafeEqual(wanted, found);
}

function asBytes(belonging: Belonging): Buffer {
  return Buffer.from(JSON.stringify(['keyhold keeper 1', ...belonging]));
}
