import { z } from 'zod';
import { keeperPrefix } from './control.ts';

export const capabilitiesPath = `${keeperPrefix}/control/capabilities`;
export const systemInfoPath = `${keeperPrefix}/control/system`;
export const auditSinksPath = `${keeperPrefix}/control/audit/sinks`;

/** Answer of `GET …/control/capabilities`. */
export const capabilitiesSchema = z.object({ algorithms: z.array(z.string().max(64)).max(100) });

/** `READY`, `NOT_READY` or `UNAVAILABLE`. */
const peerStateSchema = z.string().max(64);

/**
 * Answer of `GET …/control/system`: the keeper's peers by their id. `warnings` and `jwks` are our own: what is to be known
 * for as long as it is so, and how reading the key set went that tokens are verified by.
 */
export const systemInfoSchema = z.object({
  id: z.string().max(255),
  state: peerStateSchema,
  threshold: z.int(),
  totalPeers: z.int(),
  peers: z.record(z.string(), peerStateSchema),
  warnings: z.array(z.string().max(2000)).max(10).optional(),
  jwks: z
    .object({
      loadedAt: z.number(),
      keys: z.int(),
      failed: z.object({ at: z.number(), problem: z.string().max(2000) }).nullable(),
    })
    .nullish(),
});

/** Answer of `GET …/control/audit/sinks`: where the audit log goes, and whether it can. */
export const auditSinksSchema = z.object({
  enabled: z.boolean(),
  sinks: z.array(z.object({ id: z.string().max(255), available: z.boolean() })).max(100),
});
