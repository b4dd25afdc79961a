import { z } from 'zod';
import { actingSchema, openWord } from '../domain/acting.ts';
import { contextIdSchema } from '../domain/context.ts';
import { orgNameSchema } from '../server-api/kisenon/organizations.ts';
import { orgSlugSchema, userIdSchema } from '../server-api/primitives.ts';
import { byContext } from './by-context.ts';
import { call } from './define.ts';
import { serviceErrors } from './service-errors.ts';

/** An organization of the context's account. `createdAt` is RFC 3339. */
const orgSummarySchema = z.strictObject({
  slug: z.string(),
  name: z.string(),
  kind: z.enum(['personal', 'team']),
  role: openWord,
  createdAt: z.string(),
  /** Another context of the same account that acts in it. */
  heldBy: contextIdSchema.nullable(),
});
export type OrgSummary = z.infer<typeof orgSummarySchema>;

/** What is lost with an organization: how many there are of each. */
const orgContentsSchema = z.strictObject({
  members: z.number(),
  repositories: z.number(),
  projects: z.number(),
  apiKeys: z.number(),
  bots: z.number(),
  invitations: z.number(),
});
export type OrgContents = z.infer<typeof orgContentsSchema>;

/** The request of calls that are about one organization of a context's account. */
export const byOrg = byContext.extend({ org: orgSlugSchema });

export const orgsCalls = {
  acting: call({ request: byContext, response: actingSchema, errors: serviceErrors }),
  list: call({ request: byContext, response: z.array(orgSummarySchema), errors: serviceErrors }),
  /** Makes a team organization; without a slug it is made of the name. */
  create: call({
    request: byContext.extend({ name: orgNameSchema, slug: orgSlugSchema.nullable() }),
    response: z.strictObject({ slug: z.string() }),
    errors: [...serviceErrors, 'org_slug_taken'],
  }),
  /**
   * Has the context act in another of its account's organizations, from now on. `already_added`: another context does;
   * `beyond_scope`: its API key is for one.
   */
  switchTo: call({ request: byOrg, response: z.undefined(), errors: [...serviceErrors, 'already_added'] }),
  rename: call({
    request: byOrg.extend({ name: orgNameSchema }),
    response: z.undefined(),
    errors: serviceErrors,
  }),
  contents: call({ request: byOrg, response: orgContentsSchema, errors: serviceErrors }),
  /** Makes a member an owner, and the user an admin. */
  transfer: call({
    request: byOrg.extend({ userId: userIdSchema }),
    response: z.undefined(),
    errors: [...serviceErrors, 'member_gone'],
  }),
  leave: call({ request: byOrg, response: z.undefined(), errors: [...serviceErrors, 'last_owner'] }),
  /** Deletes it with all that is in it. */
  remove: call({ request: byOrg, response: z.undefined(), errors: serviceErrors }),
};
