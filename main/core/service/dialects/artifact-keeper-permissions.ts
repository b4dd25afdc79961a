import { z } from 'zod';
import { numberedPageAnswer } from './artifact-keeper.ts';

/*
 * Repositories, and what somebody may do on them. Their own server does not tell what the caller may do on a repository,
 * knows no end of a permission, and has repositories of many formats.
 */

/** A name from a list that later servers may lengthen. */
const openName = z.string().max(100);

const repositoryAnswer = z.object({
  id: z.string(),
  key: z.string(),
  name: z.string(),
  is_public: z.boolean(),
  actions: z.array(openName).optional(),
});
export type RepositoryAnswer = z.output<typeof repositoryAnswer>;
export const repositoryPageAnswer = numberedPageAnswer(repositoryAnswer);

export const permissionAnswer = z.object({
  id: z.string(),
  principal_type: openName,
  principal_id: z.string(),
  principal_name: z.string().nullish(),
  principal_email: z.string().nullish(),
  actions: z.array(openName),
  created_at: z.string(),
  expires_at: z.string().nullish(),
});
export type PermissionAnswer = z.output<typeof permissionAnswer>;
export const permissionPageAnswer = numberedPageAnswer(permissionAnswer);
