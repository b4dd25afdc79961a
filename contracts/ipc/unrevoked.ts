import { z } from 'zod';
import { call } from './define.ts';
import { revocationSchema } from './sign-out.ts';

/** An API key or a session that was left, and that its service has not ended yet. Times are RFC 3339. */
const unrevokedSchema = z.strictObject({
  id: z.uuid(),
  kind: z.enum(['api-key', 'session']),
  /** What its service calls it; null for a session. */
  label: z.string().nullable(),
  contextName: z.string(),
  serviceName: z.string(),
  host: z.string(),
  leftAt: z.string(),
  /** When it ends by itself; null for never. */
  endsAt: z.string().nullable(),
  /** When its service was asked last; null for not yet. */
  triedAt: z.string().nullable(),
  /** What came of that. */
  outcome: z.enum(['unreachable', 'refused']).nullable(),
});
export type UnrevokedSummary = z.infer<typeof unrevokedSchema>;

const byId = z.strictObject({ id: z.uuid() });

export const unrevokedCalls = {
  /** The longest there first. */
  list: call({ request: z.undefined(), response: z.array(unrevokedSchema) }),
  /** Asks its service at once. One that is confirmed to be over is on the list no more. */
  retry: call({
    request: byId,
    response: z.strictObject({ revocation: revocationSchema }),
    errors: ['unrevoked_gone'],
  }),
  /** Forgets it: nobody here can revoke it any more. */
  giveUp: call({ request: byId, response: z.undefined(), errors: ['unrevoked_gone'] }),
};
