import { z } from 'zod';
import { openWord } from '../domain/acting.ts';
import { serverRoleSchema } from '../server-api/artifact-keeper/session.ts';
import { createUserRequestSchema } from '../server-api/artifact-keeper/users.ts';
import { byContext, searched, serviceIdSchema } from './by-context.ts';
import { call } from './define.ts';
import { serviceErrors } from './service-errors.ts';
import { byHeld } from './told-secrets.ts';

/** Who a context is to a service that has users, and how far that goes there. */
const ownUserSchema = z.strictObject({
  userId: z.string(),
  username: z.string(),
  /** `admin`, `user`, `viewer`, or what the service calls it. */
  role: openWord,
});
export type OwnUser = z.infer<typeof ownUserSchema>;

/** A user of a service. Times are RFC 3339; null where the service does not tell. */
const userSummarySchema = z.strictObject({
  id: z.string(),
  username: z.string(),
  name: z.string(),
  email: z.string(),
  role: openWord,
  /** `active`, `pending`, `disabled`, or what the service calls it. */
  status: openWord,
  mustChangePassword: z.boolean(),
  createdAt: z.string().nullable(),
  lastSignInAt: z.string().nullable(),
});
export type UserSummary = z.infer<typeof userSummarySchema>;

const { username, email, display_name: displayName } = createUserRequestSchema.shape;
const byUser = byContext.extend({ userId: serviceIdSchema });

export const usersCalls = {
  /** Who the context is; anybody may ask. */
  me: call({ request: byContext, response: ownUserSchema, errors: serviceErrors }),
  /**
   * By user name; for administrators: as many as anybody reads, or with `search` the first who have it in a name or
   * their address. `total` says how many there are.
   */
  list: call({
    request: searched,
    response: z.strictObject({ users: z.array(userSummarySchema), total: z.number().int() }),
    errors: serviceErrors,
  }),
  /** Makes a user, whose first password main holds; null where the service told none. */
  create: call({
    request: byContext.extend({
      username,
      email,
      name: displayName.unwrap().unwrap().nullable(),
      role: serverRoleSchema,
    }),
    response: z.strictObject({ user: userSummarySchema, held: byHeld.nullable() }),
    errors: [...serviceErrors, 'username_taken', 'email_taken'],
  }),
  /** Changes what is named. Another role or state ends all sessions of the user. */
  change: call({
    request: byUser.extend({
      email: email.optional(),
      name: displayName.unwrap().unwrap().optional(),
      role: serverRoleSchema.optional(),
      active: z.boolean().optional(),
    }),
    response: z.undefined(),
    errors: [...serviceErrors, 'user_gone', 'email_taken'],
  }),
  /** Gives the user another password, which main holds. All sessions of the user end. */
  resetPassword: call({
    request: byUser,
    response: byHeld,
    errors: [...serviceErrors, 'user_gone', 'password_elsewhere'],
  }),
  /** Has the user choose another password at the next sign-in. All sessions of the user end. */
  forcePasswordChange: call({
    request: byUser,
    response: z.undefined(),
    errors: [...serviceErrors, 'user_gone', 'password_elsewhere'],
  }),
};
