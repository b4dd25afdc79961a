import { z } from 'zod';
import { keyLabelSchema } from '../../../../contracts/domain/context.ts';
import type { CredentialKind } from '../../../../contracts/domain/credential.ts';
import { KeyholdError } from '../../../../contracts/errors.ts';
import { signingAlgSchema } from '../../../../contracts/server-api/index.ts';
import { wipe } from '../../vault/bytes.ts';
import { apiKeyLimits, isApiKey } from '../api-keys/api-key-form.ts';
import { keyLength, nativePublicKey } from '../keys/ed25519.ts';
import { thumbprint } from '../keys/fingerprint.ts';

/**
 * The kinds of credentials that backups hold. Sessions and tokens last hours: their contexts are in
 * a backup as signed out.
 */
export const backedUpKinds = ['key', 'api-key'] as const satisfies readonly CredentialKind[];
type BackedUpKind = (typeof backedUpKinds)[number];

/** What a context is signed in by in a backup. */
export function backedUpKind({ credential }: { credential: CredentialKind | null }): BackedUpKind | null {
  return backedUpKinds.find((kind) => kind === credential) ?? null;
}

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

const apiKeySchema = z.strictObject({
  id: z.uuid(),
  /** Its id at its service. */
  keyId: z.string().min(1).max(apiKeyLimits.keyId),
  label: keyLabelSchema,
  /** Bytes of the key itself, which follows. */
  length: z.int().positive().max(apiKeyLimits.secret),
  createdAt: timeSchema,
  expiresAt: timeSchema.nullable(),
});

/** What a context of a backup has of its credentials: members of its JSON beside its own. */
export const credentialsShape = {
  /** What its service asks of keys; null where it takes none. */
  keyTerms: keyTermsSchema.nullable(),
  keys: z.array(keySchema),
  /** The one that signs it in. */
  apiKey: apiKeySchema.nullable(),
};

type ParsedKey = z.output<typeof keySchema>;
type ParsedApiKey = z.output<typeof apiKeySchema>;

/** The credentials of one context as the JSON of a backup has them, without their secrets. */
interface ParsedCredentials {
  keyTerms: z.output<typeof keyTermsSchema> | null;
  keys: ParsedKey[];
  apiKey: ParsedApiKey | null;
}

export interface BackedUpKey extends Omit<ParsedKey, 'seed'> {
  kid: string;
  /** 32 bytes; null when the private part is gone. */
  seed: Buffer | null;
}

export interface BackedUpApiKey extends Omit<ParsedApiKey, 'length'> {
  /** The key itself, UTF-8. */
  secret: Buffer;
}

/** The credentials of one context in a backup. */
export interface BackedUpCredentials {
  keyTerms: ParsedCredentials['keyTerms'];
  keys: BackedUpKey[];
  apiKey: BackedUpApiKey | null;
}

function allDiffer(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

/** Whether a context has what it is said to be signed in by. */
export function isComplete({
  credential,
  keyTerms,
  apiKey,
}: ParsedCredentials & { credential: BackedUpKind | null }): boolean {
  return (credential === 'api-key') === (apiKey !== null) && (credential !== 'key' || keyTerms !== null);
}

/** What the vault's own constraints ask for, over the credentials of all contexts. */
export function canBeOfOneVault(all: readonly ParsedCredentials[]): boolean {
  const keys = all.flatMap((credentials) => credentials.keys);
  const apiKeys = all.flatMap(({ apiKey }) => apiKey ?? []);
  return (
    allDiffer([...keys, ...apiKeys].map(({ id }) => id)) &&
    allDiffer(keys.map(({ publicKey }) => publicKey.toString('hex')))
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

/** As `keyText`. */
function apiKeyText({ id, keyId, label, secret, createdAt, expiresAt }: BackedUpApiKey): ParsedApiKey {
  return { id, keyId, label, length: secret.length, createdAt, expiresAt };
}

/** `credentialsShape` filled in. */
export function credentialsText({ keyTerms, keys, apiKey }: BackedUpCredentials) {
  return { keyTerms, keys: keys.map(keyText), apiKey: apiKey && apiKeyText(apiKey) };
}

/** The secrets of some contexts' credentials, in the order in which a backup has them. */
export function secretsOf(all: readonly BackedUpCredentials[]): Buffer[] {
  return all.flatMap(({ keys, apiKey }) => [
    ...keys.flatMap(({ seed }) => seed ?? []),
    ...(apiKey === null ? [] : [apiKey.secret]),
  ]);
}

/** Zeroes them. */
export function wipeSecrets(all: readonly BackedUpCredentials[]): void {
  for (const secret of secretsOf(all)) wipe(secret);
}

/** Gives credentials their secrets. @param next - The next so many bytes of a backup's secrets. */
export function withSecrets(
  { keyTerms, keys, apiKey }: ParsedCredentials,
  next: (length: number) => Buffer,
): BackedUpCredentials {
  const backedUpKeys = keys.map((key) => ({
    ...key,
    kid: thumbprint(key.publicKey.toString('base64url')),
    seed: key.seed ? next(keyLength) : null,
  }));
  if (apiKey === null) return { keyTerms, keys: backedUpKeys, apiKey };
  const { length, ...facts } = apiKey;
  return { keyTerms, keys: backedUpKeys, apiKey: { ...facts, secret: next(length) } };
}

/** Does the same with each of many, and lets others work in between. */
export type Each = <T>(items: readonly T[], work: (item: T) => void) => Promise<void>;

/** Whether a secret and what is told of it belong together. */
export function isGenuine({ seed, publicKey }: Pick<BackedUpKey, 'seed' | 'publicKey'>): boolean {
  return seed === null || nativePublicKey(seed).equals(publicKey);
}

/** @throws KeyholdError `backup_damaged` unless all secrets are what is told of them; what `each` throws. */
export async function requireGenuine(all: readonly BackedUpCredentials[], each: Each): Promise<void> {
  // Nothing is told of an API key that it could be checked by.
  const damaged = all.some(({ apiKey }) => apiKey !== null && !isApiKey(apiKey.secret));
  if (damaged) throw new KeyholdError('backup_damaged');
  await each(
    all.flatMap(({ keys }) => keys),
    (key) => {
      if (!isGenuine(key)) throw new KeyholdError('backup_damaged');
    },
  );
}

/** How many credentials that backups hold some contexts have, in a backup or in the vault. */
export function countCredentials(all: readonly { keys: readonly unknown[]; apiKey: unknown }[]): number {
  return all.reduce((total, { keys, apiKey }) => total + keys.length + Number(apiKey !== null), 0);
}
