import { z } from 'zod';
import { instantSchema, lineSchema, userIdSchema } from '../primitives.ts';
import { numberedPageQuerySchema, numberedPageSchema } from './pages.ts';
import { artifactKeeperPrefix, newPasswordSchema, serverRoleSchema } from './session.ts';

export const usersPath = `${artifactKeeperPrefix}/users`;
/** A user's password, which only they themselves choose another for: as `ownPasswordPath`. */
export const passwordPathOf = (user: string): string => `${usersPath}/${user}/password`;
/** The own account, as `/auth/me`. */
export const ownUserPath = `${usersPath}/me`;

/** A user as administrators see them. `is_admin` says the same as the role, for clients that know no roles. */
export const serverUserSchema = z.object({
  id: userIdSchema,
  username: z.string(),
  email: z.string(),
  display_name: z.string(),
  role: serverRoleSchema,
  is_admin: z.boolean(),
  /** `pending`: an operator has yet to approve the account. */
  status: z.enum(['active', 'pending', 'disabled']),
  is_active: z.boolean(),
  must_change_password: z.boolean(),
  totp_enabled: z.literal(false),
  created_at: instantSchema,
  last_login_at: instantSchema.nullable(),
});
export type ServerUser = z.infer<typeof serverUserSchema>;

const flagSchema = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .optional();

/** Query of `GET /users`. `search` is part of a user name, an e-mail address or a display name. */
export const userListQuerySchema = numberedPageQuerySchema.extend({
  search: z.string().max(254).default(''),
  is_active: flagSchema,
  is_admin: flagSchema,
  role: serverRoleSchema.optional(),
});
export type UserListQuery = z.output<typeof userListQuerySchema>;

export const serverUserListSchema = numberedPageSchema(serverUserSchema);
export type ServerUserList = z.infer<typeof serverUserListSchema>;

/** Letter case does not count. No @ in it: a user name is never somebody's e-mail address. */
export const usernameSchema = z
  .string()
  .toLowerCase()
  .max(64)
  .regex(
    /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/,
    'Must be letters, digits and inner dots, hyphens and underscores',
  );
const emailSchema = z.string().toLowerCase().max(254).pipe(z.email());
const displayNameSchema = lineSchema(1, 100);

/** The role in either of its two forms; null stands for what is not said. */
const roleFields = { role: serverRoleSchema.nullish(), is_admin: z.boolean().nullish() } as const;
const agree = ({
  role,
  is_admin,
}: {
  role?: string | null | undefined;
  is_admin?: boolean | null | undefined;
}) => role == null || is_admin == null || (role === 'admin') === is_admin;
const disagreement = { path: ['is_admin'], message: 'Must say the same as role' };

/** Body of `POST /users`. Without a password one is made, which has to be changed at the first sign-in. */
export const createUserRequestSchema = z
  .strictObject({
    username: usernameSchema,
    email: emailSchema,
    password: newPasswordSchema.nullish(),
    display_name: displayNameSchema.nullish(),
    ...roleFields,
  })
  .refine(agree, disagreement);
export type CreateUserRequest = z.output<typeof createUserRequestSchema>;

/** Answer of `POST /users`. The generated password is told this once. */
export const createdUserSchema = z.object({
  user: serverUserSchema,
  generated_password: z.string().optional(),
});
export type CreatedUser = z.infer<typeof createdUserSchema>;

/** Body of `PATCH /users/{id}`: what is not named stays. */
export const updateUserRequestSchema = z
  .strictObject({
    email: emailSchema.nullish(),
    display_name: displayNameSchema.nullish(),
    is_active: z.boolean().nullish(),
    ...roleFields,
  })
  .refine(agree, disagreement);
export type UpdateUserRequest = z.output<typeof updateUserRequestSchema>;

/** Answer of `POST /users/{id}/password/reset`: it is told this once, and has to be changed at the next sign-in. */
export const temporaryPasswordSchema = z.object({ temporary_password: z.string() });
