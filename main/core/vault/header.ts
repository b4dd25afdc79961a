import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { Argon2Parameters } from '../ports.ts';
import type { Keyring } from './keyring.ts';

/**
 * What a vault or a backup may ask of this computer before anything of it can be trusted. Without upper bounds a
 * changed file could take all memory or hours; without lower ones it could make guessing cheap.
 */
export const kdfBounds = {
  /** Four times what Keyhold uses itself. */
  memoryKiB: { min: 8 * 1024, max: 256 * 1024 },
  iterations: { min: 1, max: 64 },
  parallelism: { min: 1, max: 16 },
} as const;

/**
 * Most of memory times iterations, KiB: what Keyhold itself asks for on the fastest computer, 64 times over 64 MiB.
 * That takes two to four seconds where its own derivation is calibrated to one.
 */
const mostWork = 64 * 64 * 1024;

/** Whether a derivation on these terms is one that Keyhold may have asked for. */
export function isBearable({ memoryKiB, iterations, parallelism }: Argon2Parameters): boolean {
  return (
    isWithin(memoryKiB, kdfBounds.memoryKiB) &&
    isWithin(iterations, kdfBounds.iterations) &&
    isWithin(parallelism, kdfBounds.parallelism) &&
    memoryKiB * iterations <= mostWork
  );
}

function isWithin(value: number, bounds: { min: number; max: number }): boolean {
  return value >= bounds.min && value <= bounds.max;
}

/** What the system keychain may make of 32 bytes; its own form adds a few dozen. */
const protectedMax = 1024;

/** Base64 of so many bytes, in the one spelling that our own encoder gives. */
function base64Of(min: number, max = min): z.ZodString {
  return z.string().refine((text) => {
    const bytes = Buffer.from(text, 'base64');
    return bytes.length >= min && bytes.length <= max && bytes.toString('base64') === text;
  });
}

const wrappedSchema = z.strictObject({
  nonce: base64Of(12),
  /** The wrapped data key and its tag. */
  ciphertext: base64Of(48),
});
export type Wrapped = z.infer<typeof wrappedSchema>;

const slotBase = z.strictObject({ id: z.uuid(), createdAt: z.iso.datetime(), wrapped: wrappedSchema });

const passphraseSlotSchema = slotBase.extend({
  kind: z.literal('passphrase'),
  kdf: z
    .strictObject({
      name: z.literal('argon2id'),
      version: z.literal(19),
      memoryKiB: z.int(),
      iterations: z.int(),
      parallelism: z.int(),
      salt: base64Of(16),
    })
    .refine(isBearable),
});
export type PassphraseSlot = z.infer<typeof passphraseSlotSchema>;

const keychainSlotSchema = slotBase.extend({
  kind: z.literal('keychain'),
  /** The keychain's own name, for example `gnome_libsecret`: another one cannot open the slot. */
  backend: z.string().regex(/^[a-z0-9_]{1,32}$/),
  /** The wrapping secret, as the keychain encrypted it. */
  secret: base64Of(1, protectedMax),
});
export type KeychainSlot = z.infer<typeof keychainSlotSchema>;

const recoverySlotSchema = slotBase.extend({ kind: z.literal('recovery') });
export type RecoverySlot = z.infer<typeof recoverySlotSchema>;

const slotSchema = z.discriminatedUnion('kind', [
  passphraseSlotSchema,
  keychainSlotSchema,
  recoverySlotSchema,
]);
export type Slot = z.infer<typeof slotSchema>;

/** One passphrase slot, and at most one of each other kind. */
function isWhole(slots: readonly Slot[]): boolean {
  const kinds = slots.map((slot) => slot.kind);
  return kinds.includes('passphrase') && new Set(kinds).size === kinds.length;
}

const headerSchema = z.strictObject({
  /** 2: the vault's rows are authenticated, and never again taken as they are. */
  format: z.union([z.literal(1), z.literal(2)]),
  vaultId: z.uuid(),
  createdAt: z.iso.datetime(),
  slots: z.array(slotSchema).refine(isWhole),
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

/** The vault's slot of a kind; undefined when it has none. */
export function slotOf<Kind extends Slot['kind']>(
  header: VaultHeader,
  kind: Kind,
): Extract<Slot, { kind: Kind }> | undefined {
  return header.slots.find((slot): slot is Extract<Slot, { kind: Kind }> => slot.kind === kind);
}

/** The slot that each vault has; a header without it is not read at all. */
export function passphraseSlotOf(header: VaultHeader): PassphraseSlot {
  const slot = slotOf(header, 'passphrase');
  if (slot === undefined) throw new KeyholdError('vault_damaged');
  return slot;
}

/** The header with this slot in place of the one of its kind, if there was one. */
export function withSlot(header: VaultHeader, slot: Slot): VaultHeader {
  return { ...header, slots: [...withoutSlot(header, slot.kind).slots, slot] };
}

export function withoutSlot(header: VaultHeader, kind: Slot['kind']): VaultHeader {
  return { ...header, slots: header.slots.filter((slot) => slot.kind !== kind) };
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
    throw new KeyholdError('vault_damaged', { changed: true });
  }
}
