import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { Keyring } from './keyring.ts';

/**
 * What a vault may ask of this computer before anything of it can be trusted. Without upper bounds a changed
 * file could take all memory or hours; without lower ones it could make guessing cheap.
 */
export const kdfBounds = {
  memoryKiB: { min: 8 * 1024, max: 1024 * 1024 },
  iterations: { min: 1, max: 64 },
  parallelism: { min: 1, max: 16 },
} as const;

const slotsMax = 16;

function bounded(range: { min: number; max: number }): z.ZodInt {
  return z.int().min(range.min).max(range.max);
}

/** Base64 of exactly `length` bytes, in the one spelling that our own encoder gives. */
function base64Of(length: number): z.ZodString {
  return z.string().refine((text) => {
    const bytes = Buffer.from(text, 'base64');
    return bytes.length === length && bytes.toString('base64') === text;
  });
}

const passphraseSlotSchema = z.strictObject({
  id: z.uuid(),
  kind: z.literal('passphrase'),
  createdAt: z.iso.datetime(),
  kdf: z.strictObject({
    name: z.literal('argon2id'),
    version: z.literal(19),
    memoryKiB: bounded(kdfBounds.memoryKiB),
    iterations: bounded(kdfBounds.iterations),
    parallelism: bounded(kdfBounds.parallelism),
    salt: base64Of(16),
  }),
  wrapped: z.strictObject({
    nonce: base64Of(12),
    /** The wrapped data key and its tag. */
    ciphertext: base64Of(48),
  }),
});
export type PassphraseSlot = z.infer<typeof passphraseSlotSchema>;

const headerSchema = z.strictObject({
  format: z.literal(1),
  vaultId: z.uuid(),
  createdAt: z.iso.datetime(),
  slots: z
    .array(z.discriminatedUnion('kind', [passphraseSlotSchema]))
    .min(1)
    .max(slotsMax),
});
export type VaultHeader = z.infer<typeof headerSchema>;

/** A JSON value as text with sorted members and no white space, so that one value has one text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/**
 * Reads the header. It is checked for form and bounds only: whether it is the true one can be told once the
 * data key is known, see `requireAuthentic`.
 * @throws KeyholdError `vault_damaged`
 */
export function parseHeader(text: string): VaultHeader {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new KeyholdError('vault_damaged');
  }
  const parsed = headerSchema.safeParse(value);
  if (!parsed.success || canonicalJson(parsed.data) !== text) throw new KeyholdError('vault_damaged');
  return parsed.data;
}

/** HMAC-SHA256 over the header's text with a key that HKDF makes from the data key. */
export function headerMac(keyring: Keyring, text: string): Buffer {
  return keyring.mac('header', Buffer.from(text, 'utf8'));
}

/**
 * Refuses a header that is not the one this vault's data key was kept with.
 * @throws KeyholdError `vault_damaged`
 */
export function requireAuthentic(keyring: Keyring, text: string, mac: Buffer): void {
  const expected = headerMac(keyring, text);
  if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) {
    throw new KeyholdError('vault_damaged');
  }
}
