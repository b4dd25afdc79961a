import { z } from 'zod';
import { orgRoleSchema, orgSlugSchema, originSchema, userIdSchema } from './primitives.ts';

/** A demo user with the password that this start of the server gave it. */
const demoUserSchema = z.object({
  id: userIdSchema,
  username: z.string(),
  email: z.email(),
  password: z.string(),
  orgs: z.array(z.object({ slug: orgSlugSchema, role: orgRoleSchema })),
});
export type DemoUser = z.infer<typeof demoUserSchema>;

/** How to get at the demo keeper: the token for `X-DEV-TOKEN`, where it has one. Its shares are there at the start that made it: at later ones it is sealed. */
const keeperSchema = z.object({
  dev_token: z.string().optional(),
  shares64: z.array(z.string()).optional(),
});

/**
 * The one line of JSON that the reference server prints on stdout when it is ready. `users` is there only with
 * `--seed`, as is `keeper`; `first_sign_in` only where the server was empty, and says how its first administrator signs in.
 */
export const startLineSchema = z.object({
  origin: originSchema,
  users: z.array(demoUserSchema).optional(),
  keeper: keeperSchema.optional(),
  first_sign_in: z.object({ username: z.string(), password: z.string() }).optional(),
});
export type StartLine = z.infer<typeof startLineSchema>;
