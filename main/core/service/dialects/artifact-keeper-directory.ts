import { z } from 'zod';

/** `GET /api/v1/auth/sso/providers`, which anybody may read. */
export const providersAnswer = z.array(z.object({ name: z.string() }));

const countsAnswer = z.object({
  people: z.int(),
  accounts: z.int(),
  disabled: z.int(),
  enabled: z.int(),
  administrators_kept: z.array(z.string()),
  memberships_added: z.int(),
  memberships_removed: z.int(),
  groups_refused: z.array(z.string()),
});
export type SyncCountsAnswer = z.output<typeof countsAnswer>;

/** `GET /api/v1/admin/ldap/status`. */
export const directoryAnswer = z.object({
  configured: z.boolean(),
  host: z.string().nullable(),
  base_dn: z.string().nullable(),
  groups: z.boolean(),
  sync_interval: z.int().nullable(),
  running: z.boolean(),
  last_sync: z
    .object({
      started_at: z.string(),
      ended_at: z.string().nullable(),
      problem: z.string().nullable(),
      counts: countsAnswer.nullable(),
    })
    .nullable(),
  last_success_at: z.string().nullable(),
  next_sync_at: z.string().nullable(),
});
export type DirectoryAnswer = z.output<typeof directoryAnswer>;

/** `POST /api/v1/admin/ldap/test`. */
export const directoryTestAnswer = z.object({ success: z.boolean(), message: z.string() });
