import { z } from 'zod';
import { userIdSchema } from './primitives.ts';

export const loginPath = '/v1/auth/login';
export const logoutPath = '/v1/auth/logout';

/** What a server tells about a user to that user. */
export const userSchema = z.object({
  id: userIdSchema,
  username: z.string(),
  email: z.email(),
  display_name: z.string(),
});
export type User = z.infer<typeof userSchema>;

/**
 * Body of `POST /v1/auth/login`. `username` may be the e-mail address. With `"as": "jwt"` the answer is a server JWT
 * (`sessionJwtSchema`), else a session token.
 */
export const loginRequestSchema = z.strictObject({
  username: z.string().min(1, 'Must not be empty').max(254),
  password: z.string().min(1, 'Must not be empty').max(1024),
  as: z.literal('jwt').optional(),
});

/** Answer of `POST /v1/auth/login`: `token` goes into `Authorization: Bearer`, `expires_in` is in seconds. */
export const loginResponseSchema = z.object({
  token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.number().int().positive(),
  user: userSchema,
});
