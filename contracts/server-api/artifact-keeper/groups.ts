import { z } from 'zod';
import { instantSchema, lineSchema, orgSlugSchema, userIdSchema } from '../primitives.ts';
import { numberedPageQuerySchema, numberedPageSchema } from './pages.ts';
import { artifactKeeperPrefix } from './session.ts';

export const groupsPath = `${artifactKeeperPrefix}/groups`;

/** A group's id. */
export const groupIdSchema = z.string().regex(/^grp_[a-z2-7]{16,32}$/, 'Must be a group id such as grp_…');
export const groupParamsSchema = z.strictObject({ id: groupIdSchema });

/** Query of `GET /groups`; `search` is a part of the name. */
export const groupsQuerySchema = numberedPageQuerySchema.extend({
  search: z.string().max(100).default(''),
  organization: orgSlugSchema.optional(),
});
export type GroupsQuery = z.output<typeof groupsQuerySchema>;

/** A group's name. */
export const groupNameSchema = lineSchema(1, 100);
const descriptionSchema = z.string().max(1000);

/** Body of `POST /groups`. The name is the only one of its organization. */
export const createGroupRequestSchema = z.strictObject({
  name: groupNameSchema,
  description: descriptionSchema.nullish(),
  organization: orgSlugSchema.default('main'),
});
export type CreateGroupRequest = z.output<typeof createGroupRequestSchema>;

/** Body of `PUT /groups/{id}`: without a description, the group has none. It stays in its organization. */
export const replaceGroupRequestSchema = z.strictObject({
  name: groupNameSchema,
  description: descriptionSchema.nullish().transform((text) => text ?? ''),
});
/** Body of `PATCH /groups/{id}`: what is not named stays. */
export const updateGroupRequestSchema = z.strictObject({
  name: groupNameSchema.nullish(),
  description: descriptionSchema.nullish(),
});
export type UpdateGroupRequest = z.output<typeof updateGroupRequestSchema>;

/** Body of `POST` and `DELETE /groups/{id}/members`. */
export const groupMembersRequestSchema = z.strictObject({ user_ids: z.array(userIdSchema).min(1).max(500) });

/** `source` names the directory that its members come from; null for a group whose members are kept here. */
export const groupSchema = z.object({
  id: groupIdSchema,
  name: z.string(),
  description: z.string(),
  organization: z.string(),
  source: z.string().nullable(),
  member_count: z.int(),
  created_at: instantSchema,
});
export type Group = z.infer<typeof groupSchema>;

export const groupListSchema = numberedPageSchema(groupSchema);

/** Somebody in a group. */
export const groupMemberSchema = z.object({
  user_id: userIdSchema,
  username: z.string(),
  display_name: z.string(),
  joined_at: instantSchema,
});
export type GroupMember = z.infer<typeof groupMemberSchema>;

/** Answer of `GET /groups/{id}`: the group, and a page of its members by user name. */
export const groupDetailsSchema = groupSchema.extend({
  members: numberedPageSchema(groupMemberSchema),
});
