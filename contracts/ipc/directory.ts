import { z } from 'zod';
import { byContext } from './by-context.ts';
import { call } from './define.ts';
import { serviceErrors } from './service-errors.ts';

/** What a sync found and changed. */
const syncCountsSchema = z.strictObject({
  people: z.number().int(),
  accounts: z.number().int(),
  disabled: z.number().int(),
  enabled: z.number().int(),
  membershipsAdded: z.number().int(),
  membershipsRemoved: z.number().int(),
  /** User names of administrators who left and were not disabled, as nobody else would have been left. */
  administratorsKept: z.array(z.string()),
  /** Names of groups that could not be taken. */
  groupsRefused: z.array(z.string()),
});
export type SyncCounts = z.infer<typeof syncCountsSchema>;

/** A directory that people sign in with, and its syncs. Times are RFC 3339. */
const directorySchema = z.strictObject({
  host: z.string(),
  baseDn: z.string(),
  /** Whether it says who is in which group. */
  groups: z.boolean(),
  /** Seconds between two syncs; null where somebody has to begin each. */
  syncSeconds: z.number().int().nullable(),
  running: z.boolean(),
  lastSync: z
    .strictObject({
      startedAt: z.string(),
      endedAt: z.string().nullable(),
      /** What went wrong, in the service's words. */
      problem: z.string().nullable(),
      counts: syncCountsSchema.nullable(),
    })
    .nullable(),
  lastSuccessAt: z.string().nullable(),
  nextSyncAt: z.string().nullable(),
});
export type Directory = z.infer<typeof directorySchema>;

/** How people sign in to a service. */
const signInWaysSchema = z.strictObject({
  /** Whether it takes passwords of its own accounts. */
  passwords: z.boolean(),
  /** Null where there is none. */
  directory: directorySchema.nullable(),
  /** Names of the providers of single sign-on. */
  providers: z.array(z.string()),
});
export type SignInWays = z.infer<typeof signInWaysSchema>;

export const directoryCalls = {
  /** How people sign in, for administrators. */
  status: call({ request: byContext, response: signInWaysSchema, errors: serviceErrors }),
  /** Has the service begin a sync of the directory; its status says how it goes. */
  sync: call({ request: byContext, response: z.undefined(), errors: serviceErrors }),
  /** Has the service sign in to the directory and look for people. `message` is its own sentence on what came of it. */
  test: call({
    request: byContext,
    response: z.strictObject({ works: z.boolean(), message: z.string() }),
    errors: serviceErrors,
  }),
};
