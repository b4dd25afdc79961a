import { z } from 'zod';
import { createGroupRequestSchema } from '../server-api/artifact-keeper/groups.ts';
import { byContext, searched, serviceIdSchema } from './by-context.ts';
import { call } from './define.ts';
import { serviceErrors } from './service-errors.ts';

/** A group of users. Times are RFC 3339. */
const groupSummarySchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  /** Slug; null where the service has no organizations. */
  organization: z.string().nullable(),
  /** The directory that its members come from, where they are changed; null for a group that is kept here. */
  source: z.string().nullable(),
  memberCount: z.number().int(),
  createdAt: z.string(),
});
export type GroupSummary = z.infer<typeof groupSummarySchema>;

const groupMemberSchema = z.strictObject({
  userId: z.string(),
  username: z.string(),
  name: z.string(),
  joinedAt: z.string().nullable(),
});
export type GroupMemberSummary = z.infer<typeof groupMemberSchema>;

const { name, description, organization } = createGroupRequestSchema.shape;
const byGroup = byContext.extend({ groupId: serviceIdSchema });
/** As many as anybody chooses at a time. */
const byPeople = byGroup.extend({ userIds: z.array(serviceIdSchema).min(1).max(5000) });
const changeErrors = [...serviceErrors, 'group_gone', 'group_elsewhere'] as const;

export const groupsCalls = {
  /**
   * By name: all for administrators, for others those of their organizations and their own; with `search`, the first that
   * have it in their name. `total` says how many there are.
   */
  list: call({
    request: searched,
    response: z.strictObject({ groups: z.array(groupSummarySchema), total: z.number().int() }),
    errors: serviceErrors,
  }),
  /** By user name; `total` is more where nobody reads so many, or the service tells no more than how many there are. */
  members: call({
    request: byGroup,
    response: z.strictObject({ members: z.array(groupMemberSchema), total: z.number().int() }),
    errors: [...serviceErrors, 'group_gone'],
  }),
  /** Makes a group without members. */
  create: call({
    request: byContext.extend({
      name,
      description: description.unwrap().unwrap(),
      /** Slug; null where the service is to take its own. */
      organization: organization.unwrap().nullable(),
    }),
    response: groupSummarySchema,
    errors: [...serviceErrors, 'group_name_taken'],
  }),
  /** Gives a group another name and description; who is in it and what it was given stays. */
  change: call({
    request: byGroup.extend({ name, description: description.unwrap().unwrap() }),
    response: z.undefined(),
    errors: [...serviceErrors, 'group_gone', 'group_name_taken'],
  }),
  /** Deletes a group, with the permissions that it was given. */
  remove: call({ request: byGroup, response: z.undefined(), errors: changeErrors }),
  addMembers: call({ request: byPeople, response: z.undefined(), errors: changeErrors }),
  removeMembers: call({ request: byPeople, response: z.undefined(), errors: changeErrors }),
};
