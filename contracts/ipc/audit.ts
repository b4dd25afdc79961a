import { z } from 'zod';
import { auditQuerySchema } from '../server-api/artifact-keeper/audit.ts';
import { byContext } from './by-context.ts';
import { call } from './define.ts';
import { serviceErrors } from './service-errors.ts';

/** An event of a service's audit log. Times are RFC 3339. */
const auditEntrySchema = z.strictObject({
  id: z.string(),
  at: z.string(),
  /** As the service calls it: `USER_CREATED`. */
  action: z.string(),
  /** Who did it; null for nobody who is known. */
  actor: z.strictObject({ id: z.string(), name: z.string() }).nullable(),
  /** What it was done to; `id` is null where there is no one thing. */
  resource: z.strictObject({ type: z.string(), id: z.string().nullable() }),
  address: z.string().nullable(),
  details: z.array(z.strictObject({ name: z.string(), value: z.string() })),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

const {
  user_id: userId,
  action,
  resource_type: resourceType,
  resource_id: resourceId,
} = auditQuerySchema.shape;

/** Which events: those that fit everything that is named. */
const filter = byContext.extend({
  userId,
  action,
  resourceType,
  resourceId,
  /** RFC 3339, both counted with. */
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
});
export type AuditFilter = Omit<z.output<typeof filter>, 'contextId'>;

export const auditCalls = {
  /** A page of events, the newest first. */
  list: call({
    request: filter.extend({ page: z.number().int().min(1).max(1_000_000) }),
    response: z.strictObject({ entries: z.array(auditEntrySchema), total: z.number().int() }),
    errors: serviceErrors,
  }),
  /** Writes the events to a file that the user chooses; null when the user chose none. `total` is more where it has an end. */
  export: call({
    request: filter.extend({ format: z.enum(['csv', 'json']) }),
    response: z
      .strictObject({ fileName: z.string(), entries: z.number().int(), total: z.number().int() })
      .nullable(),
    errors: serviceErrors,
  }),
  /** Has the service recompute its log's hash chain. `brokenAt`: the first event that does not fit; null when all do. */
  verify: call({
    request: byContext,
    response: z.strictObject({ checked: z.number().int(), brokenAt: z.number().int().nullable() }),
    errors: serviceErrors,
  }),
};
