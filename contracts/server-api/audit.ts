import { z } from 'zod';
import { cappedNumber } from './pages.ts';
import { instantSchema } from './primitives.ts';

/** Query of `GET /v1/audit`: newest first, `before` is the `seq` of the last event of the page before. */
export const auditQuerySchema = z.strictObject({
  limit: cappedNumber(1, 500).default(100),
  before: cappedNumber(1, Number.MAX_SAFE_INTEGER).optional(),
});

/**
 * One row of the audit log. `hash` is the SHA-256 (lower-case hex) over the row and `prev_hash`, which is the hash
 * of the row before (64 zeros for the first).
 */
const auditEventSchema = z.object({
  seq: z.number().int().positive(),
  at: instantSchema,
  action: z.string(),
  outcome: z.enum(['success', 'failure']),
  actor_id: z.string().nullable(),
  actor_name: z.string().nullable(),
  target: z.string().nullable(),
  org: z.string().nullable(),
  address: z.string().nullable(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  prev_hash: z.string(),
  hash: z.string(),
});
export type AuditEventRow = z.infer<typeof auditEventSchema>;

export const auditPageSchema = z.object({ events: z.array(auditEventSchema) });

/**
 * Answer of `POST /v1/audit/verify`. When the chain is broken, `broken_at` is the `seq` of the first row that does
 * not fit and `reason` says how. `head` is the newest row's hash (null for an empty log): kept elsewhere, it shows
 * later whether the end of the log was cut off.
 */
export const auditVerifySchema = z.object({
  valid: z.boolean(),
  checked: z.number().int().nonnegative(),
  head: z.object({ seq: z.number().int(), hash: z.string() }).nullable(),
  broken_at: z.number().int().optional(),
  reason: z.string().optional(),
});
