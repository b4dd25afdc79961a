import { z } from 'zod';

/** The lists that the window has of an organization. */
export const organizationLists = [
  'organization',
  'members',
  'invitations',
  'api-keys',
  'projects',
  'branches',
] as const;
export const organizationListSchema = z.enum(organizationLists);
export type OrganizationList = z.infer<typeof organizationListSchema>;
