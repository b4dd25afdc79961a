import { z } from 'zod';

/** `GET /api/v1/admin/audit`: an event as clients read it. */
const auditEventAnswer = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  user_id: z.string().nullish(),
  actor_username: z.string().nullish(),
  action: z.string(),
  resource_type: z.string(),
  resource_id: z.string().nullish(),
  /** Whatever the service wrote down beside it. */
  details: z.record(z.string(), z.unknown()).nullish(),
  ip_address: z.string().nullish(),
  created_at: z.string(),
});
export type AuditEventAnswer = z.output<typeof auditEventAnswer>;

export const auditPageAnswer = z.object({ items: z.array(auditEventAnswer), total: z.int().nonnegative() });
