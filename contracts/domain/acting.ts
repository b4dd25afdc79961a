import { z } from 'zod';

/** A word of a list that later services may lengthen: a role, a capability. */
export const openWord = z.string().max(100);

/** Who a context is to its service, and in which organization: what its pages show and offer. */
export const actingSchema = z.strictObject({
  /** The user's own id; null for a bot. */
  userId: z.string().nullable(),
  /** The organization that it acts in; null for a user who belongs to none. */
  org: z
    .strictObject({
      slug: z.string(),
      name: z.string(),
      /** Null where an API key may not see it. */
      kind: z.enum(['personal', 'team']).nullable(),
    })
    .nullable(),
  /** `viewer`, `member`, `admin`, `owner`, or what the service calls it. */
  role: openWord.nullable(),
  /** Whether the user decides about accounts that wait. */
  operator: z.boolean(),
  /** What the API key that signs in is limited to; null for other credentials. */
  key: z
    .strictObject({
      capability: openWord,
      scope: z.enum(['org', 'project', 'branch']),
      /** All that it was for is deleted. */
      inert: z.boolean(),
    })
    .nullable(),
});
export type Acting = z.infer<typeof actingSchema>;
