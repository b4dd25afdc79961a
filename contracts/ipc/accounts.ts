import { z } from 'zod';
import { decisionRequestSchema } from '../server-api/kisenon/session.ts';
import { userIdSchema } from '../server-api/primitives.ts';
import { byContext } from './by-context.ts';
import { call } from './define.ts';
import { serviceErrors } from './service-errors.ts';

/** An account that waits for an operator. `createdAt` is RFC 3339. */
const pendingAccountSchema = z.strictObject({
  userId: z.string(),
  username: z.string(),
  name: z.string(),
  email: z.string(),
  createdAt: z.string(),
  /** What it signed in by. */
  providers: z.array(z.string()),
});
export type PendingAccount = z.infer<typeof pendingAccountSchema>;

/** The person reads the note. */
const decision = byContext.extend({ userId: userIdSchema, note: decisionRequestSchema.shape.note.unwrap() });

export const accountsCalls = {
  /** The accounts that wait, the oldest first; for operators. */
  pending: call({ request: byContext, response: z.array(pendingAccountSchema), errors: serviceErrors }),
  approve: call({
    request: decision,
    response: z.undefined(),
    errors: [...serviceErrors, 'account_decided'],
  }),
  deny: call({ request: decision, response: z.undefined(), errors: [...serviceErrors, 'account_decided'] }),
};
