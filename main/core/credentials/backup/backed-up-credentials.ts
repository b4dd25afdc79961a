import { z } from 'zod';
import { keyLabelSchema } from '../../../../contracts/domain/context.ts';
import { KeyholdError } from '../../../../contracts/errors.ts';
import { signingAlgSchema } from '../../../../contracts/server-api/index.ts';
import { wipe } from '../../vault/bytes.ts';
import { keyLength, nativePublicKey } from '../keys/ed25519.ts';
import { thumbprint } from '../keys/fingerprint.ts';

const timeSchema = z.iso.datetime();
const publicKeySchema = z
  .string()
  .refine((text) => {
    const bytes = Buffer.from(text, 'base64url');
    return bytes.length === keyLength && bytes.toString('base64url') === text;
  })
  .transform((text): Buffer => Buffer.from(text, 'base64url'));

const keySchema = z
  .strictObject({
    id: z.uuid(),
    label: keyLabelSchema,
    /** base64url, 32 bytes. */
    publicKey: publicKeySchema,
    /** Whether its seed follows; the private part of a revoked key may be gone. */
    seed: z.boolean(),
    source: z.enum(['made', 'imported']),
    createdAt: timeSchema,
    registeredAt: timeSchema.nullable(),
    lastUsedAt: timeSchema.nullable(),
    expiresAt: timeSchema.nullable(),
    revokedAt: timeSchema.nullable(),
  })
  .refine((key) => key.seed || key.revokedAt !== null);

export const keyTermsSchema = z.strictObject({
  signingAlg: signingAlgSchema,
  maxTokenTtl: z.int().positive(),
});

/** What a context of a backup has of its credentials: members of its JSON beside its own. */
export const credentialsShape = {
  /** What its service asks of keys. */
  keyTerms: keyTermsSchema,
  keys: z.array(keySchema),
};

type ParsedKey = z.output<typeof keySchema>;

/** The credentials of one context as the JSON of a backup has them, without their secrets. */
interface ParsedCredentials {
  keyTerms: z.output<typeof keyTermsSchema>;
  keys: ParsedKey[];
}

export interface BackedUpKey extends Omit<ParsedKey, 'seed'> {
  kid: string;
  /** 32 bytes; null when the private part is gone. */
  seed: Buffer | null;
}

/** The credentials of one context in a backup. */
export interface BackedUpCredentials {
  keyTerms: ParsedCredentials['keyTerms'];
  keys: BackedUpKey[];
}

function allDiffer(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

/** What the vault's own constraints ask for, over the credentials of all contexts. */
export function canBeOfOneVault(all: readonly ParsedCredentials[]): boolean {
  const keys = all.flatMap((credentials) => credentials.keys);
  return (
    allDiffer(keys.map(({ id }) => id)) && allDiffer(keys.map(({ publicKey }) => publicKey.toString('hex')))
  );
}

/** A key as it stands in the JSON. Named one by one: nothing else of a key may get there. */
function keyText(key: BackedUpKey): z.input<typeof keySchema> {
  return {
    id: key.id,
    label: key.label,
    publicKey: key.publicKey.toString('base64url'),
    seed: key.seed !== null,
    source: key.source,
    createdAt: key.createdAt,
    registeredAt: key.registeredAt,
    lastUsedAt: key.lastUsedAt,
    expiresAt: key.expiresAt,
    revokedAt: key.revokedAt,
  };
}

/** `credentialsShape` filled in. */
export function credentialsText({ keyTerms, keys }: BackedUpCredentials) {
  return { keyTerms, keys: keys.map(keyText) };
}

/** The secrets of some contexts' credentials, in the order in which a backup has them. */
export function secretsOf(all: readonly BackedUpCredentials[]): Buffer[] {
  return all.flatMap(({ keys }) => keys).flatMap(({ seed }) => (seed === null ? [] : [seed]));
}

/** Zeroes them. */
export function wipeSecrets(all: readonly BackedUpCredentials[]): void {
  for (const secret of secretsOf(all)) wipe(secret);
}

/** Gives credentials their secrets. @param next - The next so many bytes of a backup's secrets. */
export function withSecrets(
  { keyTerms, keys }: ParsedCredentials,
  next: (length: number) => Buffer,
): BackedUpCredentials {
  return {
    keyTerms,
    keys: keys.map((key) => ({
      ...key,
      kid: thumbprint(key.publicKey.toString('base64url')),
      seed: key.seed ? next(keyLength) : null,
    })),
  };
}

/** Does the same with each of many, and lets others work in between. */
export type Each = <T>(items: readonly T[], work: (item: T) => void) => Promise<void>;

/** Whether a secret and what is told of it belong together. */
export function isGenuine({ seed, publicKey }: Pick<BackedUpKey, 'seed' | 'publicKey'>): boolean {
  return seed === null || nativePublicKey(seed).equals(publicKey);
}

/** @throws KeyholdError `backup_damaged` unless all secrets are what is told of them; what `each` throws. */
export async function requireGenuine(all: readonly BackedUpCredentials[], each: Each): Promise<void> {
  await each(
    all.flatMap(({ keys }) => keys),
    (key) => {
      if (!isGenuine(key)) throw new KeyholdError('backup_damaged');
    },
  );
}

/** How many credentials some contexts have, in a backup or in the vault. */
export function countCredentials(all: readonly { keys: readonly unknown[] }[]): number {
  return all.reduce((total, { keys }) => total + keys.length, 0);
}
