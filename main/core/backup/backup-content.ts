import { z } from 'zod';
import {
  contextColourSchema,
  contextLabelSchema,
  contextNameSchema,
  contextStateSchema,
  keyLabelSchema,
  userIdSchema,
} from '../../../contracts/domain/context.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import { signingAlgSchema } from '../../../contracts/server-api/index.ts';
import { foldName } from '../contexts/context-service.ts';
import { isHostOf, parseOrigin } from '../service/origin.ts';
import { keyLength } from '../credentials/keys/ed25519.ts';
import { thumbprint } from '../credentials/keys/fingerprint.ts';
import { wipe } from '../vault/bytes.ts';

const version = 2;
const lengthBytes = 4;

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

function isOriginOf(origin: string, host: string): boolean {
  try {
    return parseOrigin(origin) === origin && isHostOf(origin, host);
  } catch {
    return false;
  }
}

const keyTermsSchema = z.strictObject({ signingAlg: signingAlgSchema, maxTokenTtl: z.int().positive() });

const contextSchema = z.strictObject({
  id: z.uuid(),
  name: contextNameSchema,
  colour: contextColourSchema,
  label: contextLabelSchema.nullable(),
  origin: z.string(),
  host: z.string(),
  serviceName: z.string().max(200),
  userId: userIdSchema,
  /** What signs it in; null while it is signed out. */
  credential: z.enum(['key']).nullable(),
  current: z.boolean(),
  hasRegistry: z.boolean(),
  dashboardUrl: z.url().max(2048).nullable(),
  setUpPodman: z.boolean(),
  setUpDocker: z.boolean(),
  createdAt: timeSchema,
  /** Whether it is the chosen account of its host. */
  answers: z.boolean(),
  /** What its service asks of keys. */
  keyTerms: keyTermsSchema,
  keys: z.array(keySchema),
});

/** A context as version 1 had it. */
const earlierContextSchema = contextSchema
  .omit({ credential: true, keyTerms: true })
  .extend({
    state: contextStateSchema,
    ...keyTermsSchema.shape,
    /** Those from before Docker could be set up have none. */
    setUpDocker: z.boolean().default(false),
    /** Those from before there were choices say so of none. */
    answers: z.boolean().default(false),
  })
  .transform(({ state, signingAlg, maxTokenTtl, ...context }): z.output<typeof contextSchema> => ({
    ...context,
    credential: state === 'signed_out' ? null : 'key',
    keyTerms: { signingAlg, maxTokenTtl },
  }));

function allDiffer(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

/** A whole backup by its version. */
const contentSchema = z
  .discriminatedUnion('version', [
    z.strictObject({ version: z.literal(1), savedAt: timeSchema, contexts: z.array(earlierContextSchema) }),
    z.strictObject({ version: z.literal(version), savedAt: timeSchema, contexts: z.array(contextSchema) }),
  ])
  .refine(({ contexts }) => contexts.every(isSound) && isOneVault(contexts));

function isSound({ origin, host, dashboardUrl }: ParsedContext): boolean {
  return isOriginOf(origin, host) && (dashboardUrl === null || new URL(dashboardUrl).origin === origin);
}

/** What the vault's own constraints ask for, so that a whole backup can always be written. */
function isOneVault(contexts: readonly ParsedContext[]): boolean {
  const keys = contexts.flatMap((context) => context.keys);
  return (
    allDiffer(contexts.map(({ id }) => id)) &&
    allDiffer(contexts.map(({ name }) => foldName(name))) &&
    allDiffer(contexts.map(({ origin, userId }) => `${origin} ${userId}`)) &&
    allDiffer(keys.map(({ id }) => id)) &&
    allDiffer(keys.map(({ publicKey }) => publicKey.toString('hex')))
  );
}

type ParsedKey = z.output<typeof keySchema>;
type ParsedContext = z.output<typeof contextSchema>;

export interface BackedUpKey extends Omit<ParsedKey, 'seed'> {
  kid: string;
  /** 32 bytes; null when the private part is gone. */
  seed: Buffer | null;
}

export interface BackedUpContext extends Omit<ParsedContext, 'keys'> {
  keys: BackedUpKey[];
}

/** What is in a backup: every context with its keys. */
export interface BackupContent {
  /** RFC 3339. */
  savedAt: string;
  contexts: BackedUpContext[];
}

/** Zeroes all seeds of a content. */
export function wipeContent({ contexts }: Pick<BackupContent, 'contexts'>): void {
  for (const key of keysOf(contexts)) if (key.seed !== null) wipe(key.seed);
}

export function keysOf(contexts: readonly BackedUpContext[]): BackedUpKey[] {
  return contexts.flatMap((context) => context.keys);
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

/** A context as it stands in the JSON, named one by one as well. */
function contextText(context: BackedUpContext): z.input<typeof contextSchema> {
  return {
    id: context.id,
    name: context.name,
    colour: context.colour,
    label: context.label,
    origin: context.origin,
    host: context.host,
    serviceName: context.serviceName,
    userId: context.userId,
    credential: context.credential,
    current: context.current,
    hasRegistry: context.hasRegistry,
    dashboardUrl: context.dashboardUrl,
    setUpPodman: context.setUpPodman,
    setUpDocker: context.setUpDocker,
    createdAt: context.createdAt,
    answers: context.answers,
    keyTerms: context.keyTerms,
    keys: context.keys.map(keyText),
  };
}

/**
 * The content as bytes: the length of a JSON text in four bytes, the text, then the seeds in the order of their keys.
 * Seeds are not in the JSON, because strings cannot be zeroed. The caller zeroes the answer.
 */
export function encodeContent({ savedAt, contexts }: BackupContent): Buffer {
  const seeds = keysOf(contexts).flatMap(({ seed }) => (seed === null ? [] : [seed]));
  const json = JSON.stringify({
    version,
    savedAt,
    contexts: contexts.map(contextText),
  });
  const text = Buffer.from(json, 'utf8');
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text, ...seeds]);
}

function parseText(text: string): z.output<typeof contentSchema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new KeyholdError('backup_damaged');
  }
  const named = z.object({ version: z.int() }).safeParse(value);
  if (named.success && named.data.version > version) throw new KeyholdError('backup_newer');
  const parsed = contentSchema.safeParse(value);
  if (!parsed.success) throw new KeyholdError('backup_damaged');
  return parsed.data;
}

/**
 * The other way round. Everything is checked but whether seeds and public keys belong together. The caller zeroes
 * `plain` and, with `wipeContent`, the answer.
 * @throws KeyholdError `backup_damaged`, `backup_newer`
 */
export function decodeContent(plain: Buffer): BackupContent {
  if (plain.length < lengthBytes) throw new KeyholdError('backup_damaged');
  const seedsAt = lengthBytes + plain.readUInt32BE();
  const { savedAt, contexts } = parseText(plain.toString('utf8', lengthBytes, seedsAt));
  const seeds = contexts.flatMap((context) => context.keys).filter((key) => key.seed).length;
  if (plain.length !== seedsAt + seeds * keyLength) throw new KeyholdError('backup_damaged');
  let at = seedsAt;
  const nextSeed = (): Buffer => {
    at += keyLength;
    return Buffer.from(plain.subarray(at - keyLength, at));
  };
  return {
    savedAt,
    contexts: contexts.map((context) => ({
      ...context,
      keys: context.keys.map((key) => ({
        ...key,
        kid: thumbprint(key.publicKey.toString('base64url')),
        seed: key.seed ? nextSeed() : null,
      })),
    })),
  };
}
