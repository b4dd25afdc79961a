import { z } from 'zod';
import { keeperPrefix } from './control.ts';
import { base64Schema } from './fields.ts';

export const auditVerifyPath = `${keeperPrefix}/audit/verify`;
export const auditBatchPath = `${auditVerifyPath}/batch`;
export const integrityRotatePath = `${keeperPrefix}/integrity/rotate`;

/** Most lines that are verified at once. */
export const auditLinesMax = 1000;

const textSchema = z.string().max(4096);

/** Deepest that what has no shape of its own may be nested. */
const deepest = 32;

/** Whatever a keeper writes there. */
const anySchema = z
  .unknown()
  .refine((value) => isWithin(value, deepest), `Must not be nested deeper than ${String(deepest)}`);

function isWithin(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((each) => isWithin(each, depth - 1));
}

/** Names a line in answers, as a member of an object: not the one that is none. */
const lineIdSchema = z
  .string()
  .min(1)
  .max(255)
  .regex(/^(?!__proto__$)/, 'Must be an id');

/** What a line says. Its signature is over this, so that nothing but what is written here is taken. */
export const keeperEventSchema = z.strictObject({
  id: lineIdSchema,
  peerId: z.int().min(1).max(255),
  integrityKeyVersion: z.int().min(1),
  timestamp: z.int().min(0),
  event: z.string().min(1).max(255),
  auth: z.strictObject({ subject: textSchema.min(1), actor: textSchema.min(1).nullish() }).nullish(),
  context: z.strictObject({ sid: textSchema.nullish() }).nullish(),
  request: z
    .strictObject({
      method: textSchema.nullish(),
      path: textSchema.nullish(),
      remoteAddress: textSchema.nullish(),
    })
    .nullish(),
  crypto: z
    .strictObject({
      algo: textSchema.nullish(),
      kid: textSchema.nullish(),
      generation: z.int().min(1).nullish(),
    })
    .nullish(),
  digest: z
    .strictObject({
      purpose: textSchema.nullish(),
      hmacKeyVersion: z.int().min(1).nullish(),
      bodyHash: z.strictObject({ alg: textSchema.min(1), value64: textSchema.min(1) }).nullish(),
    })
    .nullish(),
  outcome: z
    .strictObject({
      statusCode: z.int().min(100).max(599).nullish(),
      error: textSchema.nullish(),
      details: textSchema.nullish(),
      approvals: z.array(anySchema).max(256).nullish(),
    })
    .nullish(),
  approvers: z.array(textSchema).max(256).nullish(),
  policy: z.record(z.string(), anySchema).nullish(),
  imposters: z.array(textSchema).max(255).nullish(),
  dead: z.array(textSchema).max(255).nullish(),
});
export type KeeperEvent = z.infer<typeof keeperEventSchema>;

/** Body of `POST …/audit/verify`: a line of the audit log with its signature. */
export const signedLineSchema = z.strictObject({ event: keeperEventSchema, signature: base64Schema.min(1) });
export type SignedLine = z.infer<typeof signedLineSchema>;

/** Body of `POST …/audit/verify/batch`. */
export const auditBatchSchema = z.strictObject({ logs: z.array(signedLineSchema).min(1).max(auditLinesMax) });

/** What each line turned out to be, by the id of its event. */
export const auditBatchResultSchema = z.record(z.string(), z.object({ valid: z.boolean() }));
