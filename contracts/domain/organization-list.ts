import { z } from 'zod';

/** The lists that the window has of an organization. */
export const organizationListSchema = z.enum([
  'organization',
  'members',
  'invitations',
  'api-keys',
  'projects',
  'branches',
]);
export type OrganizationList = z.infer<typeof organizationListSchema>;
