import { z } from 'zod';

/** All addresses of this API begin with it. */
export const artifactKeeperPrefix = '/api/v1';

export const loginPath = `${artifactKeeperPrefix}/auth/login`;
export const refreshPath = `${artifactKeeperPrefix}/auth/refresh`;
export const logoutPath = `${artifactKeeperPrefix}/auth/logout`;
export const mePath = `${artifactKeeperPrefix}/auth/me`;
/** A user's own password; administrators reset others'. */
export const ownPasswordPath = `${artifactKeeperPrefix}/users/me/password`;

/** Roles of users on a whole server, weakest first. */
export const serverRoleSchema = z.enum(['viewer', 'user', 'admin']);
export type ServerRole = z.infer<typeof serverRoleSchema>;

/** Body of `POST /auth/login`. `username` may be the e-mail address. */
export const loginRequestSchema = z.strictObject({
  username: z.string().min(1, 'Must not be empty').max(254),
  password: z.string().min(1, 'Must not be empty').max(1024),
});

const refreshTokenSchema = z
  .string()
  .min(1, 'Must not be empty')
  .max(16 * 1024);

/** Body of `POST /auth/refresh`. */
export const refreshRequestSchema = z.strictObject({ refresh_token: refreshTokenSchema });

/** Body of `POST /auth/logout`: the session that ends is that of the refresh token, or else of the access token. */
export const logoutRequestSchema = z.strictObject({ refresh_token: refreshTokenSchema.optional() });

/**
 * Answer of `/auth/login` and `/auth/refresh`. `expires_in` is the access token's life in seconds. With
 * `must_change_password` nothing but `/auth/me`, the own password and `/auth/logout` is open yet.
 */
export const tokenPairSchema = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  expires_in: z.int().positive(),
  token_type: z.literal('Bearer'),
  must_change_password: z.boolean(),
});
export type TokenPair = z.infer<typeof tokenPairSchema>;

/** Answer of `GET /auth/me`. */
export const meSchema = z.object({
  id: z.string(),
  username: z.string(),
  email: z.string(),
  display_name: z.string(),
  role: serverRoleSchema,
  is_admin: z.boolean(),
  totp_enabled: z.literal(false),
  must_change_password: z.boolean(),
});
export type Me = z.infer<typeof meSchema>;

/** Passwords that people choose: any letters, long enough. */
export const newPasswordSchema = z.string().min(8, 'Must have at least 8 characters').max(128);

/** Body of `POST /users/me/password`. */
export const changePasswordRequestSchema = z.strictObject({
  current_password: z.string().min(1, 'Must not be empty').max(1024),
  new_password: newPasswordSchema,
});
