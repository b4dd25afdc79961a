import { z } from 'zod';
import { instantSchema } from '../primitives.ts';
import { artifactKeeperPrefix } from './session.ts';

export const ldapStatusPath = `${artifactKeeperPrefix}/admin/ldap/status`;
export const ldapSyncPath = `${artifactKeeperPrefix}/admin/ldap/sync`;
export const ldapTestPath = `${artifactKeeperPrefix}/admin/ldap/test`;

/** What a sync found and changed. */
export const ldapSyncCountsSchema = z.object({
  /** Who could sign in by the directory. */
  people: z.int(),
  /** Of them and of those who left: who has an account here. */
  accounts: z.int(),
  disabled: z.int(),
  enabled: z.int(),
  /** User names of those who left and were not disabled, as no other administrator would have been left. */
  administrators_kept: z.array(z.string()),
  memberships_added: z.int(),
  memberships_removed: z.int(),
  /** The first names of groups that could not be taken: the organization `main` has others of these names. */
  groups_refused: z.array(z.string()),
});
export type LdapSyncCounts = z.infer<typeof ldapSyncCountsSchema>;

/** Answer of `GET /admin/ldap/status` and `POST /admin/ldap/sync`: the directory, and how its last sync went. */
export const ldapStatusSchema = z.object({
  configured: z.boolean(),
  /** With the port, where the address has one. */
  host: z.string().nullable(),
  base_dn: z.string().nullable(),
  /** Whether it says who is in which group. */
  groups: z.boolean(),
  /** Seconds; null where `POST /admin/ldap/sync` alone begins one. */
  sync_interval: z.int().nullable(),
  /** Whether a sync goes on. */
  running: z.boolean(),
  last_sync: z
    .object({
      started_at: instantSchema,
      ended_at: instantSchema.nullable(),
      /** A sentence; null where nothing went wrong. */
      problem: z.string().nullable(),
      /** Null where nothing was changed because of a problem, and while it goes on. */
      counts: ldapSyncCountsSchema.nullable(),
    })
    .nullable(),
  last_success_at: instantSchema.nullable(),
  next_sync_at: instantSchema.nullable(),
});
export type LdapStatus = z.infer<typeof ldapStatusSchema>;

/** Answer of `POST /admin/ldap/test`; `message` says in a sentence what is in the way. */
export const ldapTestResultSchema = z.object({ success: z.boolean(), message: z.string() });
