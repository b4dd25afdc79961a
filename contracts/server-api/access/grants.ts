import { z } from 'zod';
import { pageQuery } from '../pages.ts';
import { instantSchema, orgSlugSchema } from '../primitives.ts';
import { repositoryActionSchema } from '../repositories.ts';
import { accessPath, accessPrincipalSchema, accessVersionSchema } from './primitives.ts';

export const accessGrantsPath = `${accessPath}/grants`;

/** Behind which grant a page begins; it may be gone meanwhile. Longer than other places: it names a repository and whom it is for. */
const placeSchema = z.string().max(600);

/** Query of `GET /v1/access/grants`, by repository, then by kind and name of the principal. */
export const accessGrantsQuerySchema = pageQuery(1000).extend({
  org: orgSlugSchema,
  after: placeSchema.default(''),
});

/** Every grant on the repositories of an organization that the caller administers, but those that have ended. */
export const accessGrantsSchema = z.object({
  version: accessVersionSchema,
  grants: z.array(
    z.object({
      repository: z.string(),
      principal: accessPrincipalSchema.pick({ reference: true, kind: true, name: true, email: true }),
      actions: z.array(repositoryActionSchema),
      expires_at: instantSchema.nullable(),
      given_at: instantSchema,
      given_by: z.string().nullable(),
    }),
  ),
  next: placeSchema.optional(),
});
export type AccessGrants = z.infer<typeof accessGrantsSchema>;
