import { z } from 'zod';
import { cappedNumber } from '../pages.ts';
import { instantSchema } from '../primitives.ts';
import { artifactKeeperPrefix } from './session.ts';

export const auditPath = `${artifactKeeperPrefix}/admin/audit`;

const momentSchema = z.iso.datetime({ offset: true, message: 'Must be a time such as 2026-11-24T08:15:00Z' });
const wordSchema = z.string().min(1).max(300);

/** Query of `GET /admin/audit`: events that fit every filter, the newest first; `from` and `to` count with their instants. */
export const auditQuerySchema = z.strictObject({
  user_id: wordSchema.optional(),
  action: wordSchema.optional(),
  resource_type: wordSchema.optional(),
  resource_id: wordSchema.optional(),
  correlation_id: wordSchema.optional(),
  from: momentSchema.optional(),
  to: momentSchema.optional(),
  page: cappedNumber(1, 1_000_000).default(1),
  per_page: cappedNumber(1, 200).default(50),
});
export type AuditQuery = z.output<typeof auditQuerySchema>;

const auditItemSchema = z.object({
  id: z.string(),
  user_id: z.string().nullable(),
  actor_username: z.string().nullable(),
  action: z.string(),
  resource_type: z.string(),
  resource_id: z.string().nullable(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  ip_address: z.string().nullable(),
  /** Requests of this server have none. */
  correlation_id: z.null(),
  created_at: instantSchema,
});
export type AuditItem = z.infer<typeof auditItemSchema>;

/** Answer of `GET /admin/audit`. */
export const auditPageSchema = z.object({
  items: z.array(auditItemSchema),
  total: z.int().nonnegative(),
  page: z.int().positive(),
  per_page: z.int().positive(),
});
