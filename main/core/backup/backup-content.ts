import { z } from 'zod';
import {
  contextColourSchema,
  contextLabelSchema,
  contextNameSchema,
  contextStateSchema,
  accountIdSchema,
} from '../../../contracts/domain/context.ts';
import { rolesMax } from '../../../contracts/domain/role.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import { roleSchema, type Role } from '../../../contracts/ipc/rules.ts';
import { orgSlugSchema } from '../../../contracts/server-api/index.ts';
import { foldName } from '../contexts/context-names.ts';
import {
  backedUpKinds,
  canBeOfOneVault,
  credentialsShape,
  credentialsText,
  keyTermsSchema,
  isComplete,
  secretsOf,
  wipeSecrets,
  withSecrets,
  type BackedUpCredentials,
} from '../credentials/backup/backed-up-credentials.ts';

import { dialects } from '../service/dialects/dialect.ts';
import { isHostOf, parseOrigin } from '../service/origin.ts';

const version = 4;
const lengthBytes = 4;

const timeSchema = z.iso.datetime();

function isOriginOf(origin: string, host: string): boolean {
  try {
    return parseOrigin(origin) === origin && isHostOf(origin, host);
  } catch {
    return false;
  }
}

/** What a backup has of a context itself. */
const contextShape = {
  id: z.uuid(),
  name: contextNameSchema,
  colour: contextColourSchema,
  label: contextLabelSchema.nullable(),
  origin: z.string(),
  host: z.string(),
  serviceName: z.string().max(200),
  dialects: z.array(z.enum(dialects)).max(dialects.length),
  userId: accountIdSchema,
  org: orgSlugSchema.nullable(),
  /** What signs it in; null while it is signed out. Sessions and tokens are in no backup. */
  credential: z.enum(backedUpKinds).nullable(),
  current: z.boolean(),
  hasRegistry: z.boolean(),
  dashboardUrl: z.url().max(2048).nullable(),
  setUpPodman: z.boolean(),
  setUpDocker: z.boolean(),
  createdAt: timeSchema,
  /** Whether it is the chosen account of its host. */
  answers: z.boolean(),
};

type ContextFacts = z.output<z.ZodObject<typeof contextShape>>;

const contextSchema = z.strictObject({ ...contextShape, ...credentialsShape });

/** What contexts are that come from before there was more than one form of API and one kind of credential. */
const ofKeyhold = { dialects: ['keyhold'], org: null, apiKey: null } satisfies Partial<ParsedContext>;
const shapeOf2 = contextSchema
  .omit({ dialects: true, org: true, apiKey: true })
  .extend({ credential: z.literal('key').nullable(), keyTerms: keyTermsSchema });

/** A context as version 2 had it. */
const contextSchemaOf2 = shapeOf2.transform((context): ParsedContext => ({ ...context, ...ofKeyhold }));

/** A context as version 1 had it. */
const contextSchemaOf1 = shapeOf2
  .omit({ credential: true, keyTerms: true })
  .extend({
    state: contextStateSchema,
    ...keyTermsSchema.shape,
    /** Those from before Docker could be set up have none. */
    setUpDocker: z.boolean().default(false),
    /** Those from before there were choices say so of none. */
    answers: z.boolean().default(false),
  })
  .transform(({ state, signingAlg, maxTokenTtl, ...context }): ParsedContext => ({
    ...context,
    ...ofKeyhold,
    credential: state === 'signed_out' ? null : 'key',
    keyTerms: { signingAlg, maxTokenTtl },
  }));

function allDiffer(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

/** What those from before there were roles have beside their contexts. */
const envelope = { savedAt: timeSchema, roles: z.array(roleSchema).max(0).default([]) };

/** A whole backup by its version. */
const contentSchema = z
  .discriminatedUnion('version', [
    z.strictObject({ version: z.literal(1), ...envelope, contexts: z.array(contextSchemaOf1) }),
    z.strictObject({ version: z.literal(2), ...envelope, contexts: z.array(contextSchemaOf2) }),
    // Before there were keepers, whose subjects may be any text, and roles.
    z.strictObject({ version: z.literal(3), ...envelope, contexts: z.array(contextSchema) }),
    z.strictObject({
      version: z.literal(version),
      savedAt: timeSchema,
      contexts: z.array(contextSchema),
      roles: z.array(roleSchema).max(rolesMax),
    }),
  ])
  .refine(({ contexts, roles }) => contexts.every(isSound) && isOneVault(contexts) && isOneList(roles));

/** Asked also about a context with a member that is not well formed. */
function isSound(context: ParsedContext): boolean {
  const { origin, host, dashboardUrl } = context;
  const isItsOwn = dashboardUrl === null || URL.parse(dashboardUrl)?.origin === origin;
  return isOriginOf(origin, host) && isItsOwn && isComplete(context);
}

/** No two roles are of one id, or of names that look the same. */
function isOneList(roles: readonly Role[]): boolean {
  return allDiffer(roles.map(({ id }) => id)) && allDiffer(roles.map(({ name }) => foldName(name)));
}

/** What the vault's own constraints ask for, so that a whole backup can always be written. */
function isOneVault(contexts: readonly ParsedContext[]): boolean {
  return (
    allDiffer(contexts.map(({ id }) => id)) &&
    allDiffer(contexts.map(({ name }) => foldName(name))) &&
    canBeOfOneVault(contexts)
  );
}

type ParsedContext = z.output<typeof contextSchema>;

export interface BackedUpContext extends ContextFacts, BackedUpCredentials {}

/** What is in a backup: every context with its credentials, and the roles. */
export interface BackupContent {
  /** RFC 3339. */
  savedAt: string;
  contexts: BackedUpContext[];
  roles: Role[];
}

/** Zeroes all secrets of a content. */
export function wipeContent({ contexts }: Pick<BackupContent, 'contexts'>): void {
  wipeSecrets(contexts);
}

const contextFields = Object.keys(contextShape) as (keyof ContextFacts)[];

/** A context as it stands in the JSON: what `contextSchema` names and nothing else. */
function contextText(context: BackedUpContext) {
  const facts = Object.fromEntries(contextFields.map((field) => [field, context[field]]));
  return { ...facts, ...credentialsText(context) };
}

/**
 * The content as bytes: the length of a JSON text in four bytes, the text, then the secrets in the order of what they
 * belong to. They are not in the JSON, because strings cannot be zeroed. The caller zeroes the answer.
 */
export function encodeContent({ savedAt, contexts, roles }: BackupContent): Buffer {
  const json = JSON.stringify({
    version,
    savedAt,
    contexts: contexts.map(contextText),
    roles,
  });
  const text = Buffer.from(json, 'utf8');
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text, ...secretsOf(contexts)]);
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
 * The other way round. Everything is checked but whether secrets and what is told of them belong together. The caller zeroes
 * `plain` and, with `wipeContent`, the answer.
 * @throws KeyholdError `backup_damaged`, `backup_newer`
 */
export function decodeContent(plain: Buffer): BackupContent {
  if (plain.length < lengthBytes) throw new KeyholdError('backup_damaged');
  const secretsAt = lengthBytes + plain.readUInt32BE();
  const { savedAt, contexts, roles } = parseText(plain.toString('utf8', lengthBytes, secretsAt));
  let at = secretsAt;
  const next = (length: number): Buffer => {
    at += length;
    return Buffer.from(plain.subarray(at - length, at));
  };
  const content = {
    savedAt,
    contexts: contexts.map((context) => ({ ...context, ...withSecrets(context, next) })),
    roles,
  };
  if (at === plain.length) return content;
  wipeContent(content);
  throw new KeyholdError('backup_damaged');
}
