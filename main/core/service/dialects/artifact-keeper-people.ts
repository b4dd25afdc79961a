import { z } from 'zod';
import { numberedPageAnswer } from './artifact-keeper.ts';

/*
 * Who is at an Artifact Keeper. Their own server knows no roles but `is_admin`, and leaves out what ours tells beyond it.
 */

const openName = z.string().max(100);

const account = z.object({
  id: z.string(),
  username: z.string(),
  email: z.string(),
  display_name: z.string().nullish(),
  role: openName.optional(),
  is_admin: z.boolean(),
  must_change_password: z.boolean().optional(),
});

/** A user as administrators see one. */
export const userAnswer = account.extend({
  status: openName.optional(),
  is_active: z.boolean().optional(),
  created_at: z.string().nullish(),
  last_login_at: z.string().nullish(),
});
export type UserAnswer = z.output<typeof userAnswer>;

export const userPageAnswer = numberedPageAnswer(userAnswer);

export const createdUserAnswer = z.object({ user: userAnswer, generated_password: z.string().nullish() });
export const temporaryPasswordAnswer = z.object({ temporary_password: z.string() });

/** The role of an account, by the names that our server has. */
export function roleOf({ role, is_admin: isAdmin }: z.output<typeof account>): string {
  return role ?? (isAdmin ? 'admin' : 'user');
}

/** What an account is called: who has no name, by the user name. */
export function nameOf({
  username,
  display_name: name,
}: Pick<z.output<typeof account>, 'username' | 'display_name'>): string {
  return name == null || name === '' ? username : name;
}

export const groupAnswer = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  /** Of which organization; their own server has none. */
  organization: z.string().nullish(),
  /** The directory that its members come from. */
  source: z.string().nullish(),
  member_count: z.int().nonnegative(),
  created_at: z.string(),
});
export type GroupAnswer = z.output<typeof groupAnswer>;
export const groupPageAnswer = numberedPageAnswer(groupAnswer);

const groupMemberAnswer = z.object({
  user_id: z.string(),
  username: z.string(),
  display_name: z.string().nullish(),
  joined_at: z.string().nullish(),
});

/** `GET /api/v1/groups/{id}`, of which only the members count; their own server tells no more than how many there are. */
export const groupMembersAnswer = z
  .object({ members: numberedPageAnswer(groupMemberAnswer).optional(), member_count: z.int().nonnegative() })
  .transform(({ members, member_count: total }) => members ?? { items: [], pagination: { total } });
