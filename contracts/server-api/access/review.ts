import { z } from 'zod';
import { instantSchema, orgSlugSchema, repositoryNameSchema } from '../primitives.ts';
import { repositoryActionSchema } from '../repositories.ts';
import { accessChangeSchema } from './batches.ts';
import { accessPath, accessPrincipalSchema, accessVersionSchema } from './primitives.ts';

export const reviewPath = `${accessPath}/review`;

/** Findings of one kind that are told at most, the first by repository. */
export const reviewFindingsMax = 100;

/** Changes that one finding proposes at most. Once these are made, it is found again with others. */
export const reviewChangesMax = 100;

/** Query of `GET /v1/access/review`. */
export const reviewQuerySchema = z.strictObject({ org: orgSlugSchema });

/** What is looked for, in days and in people. */
export const reviewRules = {
  /** Write that was given and not used for so long. */
  unusedDays: 90,
  /** Grants that end within this. */
  endingDays: 14,
  /** Until when, from now, such a grant is proposed to last. */
  extendedDays: 90,
  /** People who administer a repository beside the owners, without a finding. */
  admins: 3,
} as const;

/**
 * - `unused_write`: a grant of `write` without `admin` that nobody whom it is for has used to push
 * - `ending`: a grant that ends soon
 * - `beside_group`: a person's own grant, on a repository that groups have, of which the person is in none, with no more
 *   than one of these has: whoever left the group and kept the grant, or never was in it
 * - `bot_without_key`: a grant of a bot that has no key which counts
 * - `many_admins`: a repository that many people administer
 */
export const reviewKinds = [
  'unused_write',
  'ending',
  'beside_group',
  'bot_without_key',
  'many_admins',
] as const;
const reviewKindSchema = z.enum(reviewKinds);
export type ReviewKind = z.infer<typeof reviewKindSchema>;

/** Something that is worth a look, with the changes that would mend it, which nobody has made. */
const findingSchema = z.object({
  kind: reviewKindSchema,
  repository: repositoryNameSchema,
  /** What it is about; null for a repository as a whole. */
  grant: z
    .object({
      id: z.string(),
      principal: accessPrincipalSchema,
      actions: z.array(repositoryActionSchema),
      given_at: instantSchema,
      until: instantSchema.nullable(),
      /** When the principal itself last used the repository; null for never, and for groups. */
      pulled: instantSchema.nullable(),
      pushed: instantSchema.nullable(),
    })
    .nullable(),
  /** Of `beside_group`: one of the groups. */
  group: z.object({ id: z.string(), name: z.string() }).nullable(),
  /** Of `many_admins`: how many people, beside the owners. */
  admins: z.int().nonnegative().nullable(),
  /** Empty where what would mend it is not known. */
  changes: z.array(accessChangeSchema).max(reviewChangesMax),
});
export type ReviewFinding = z.infer<typeof findingSchema>;

/** Answer of `GET /v1/access/review`, about the repositories that the caller administers. */
export const reviewSchema = z.object({
  version: accessVersionSchema,
  /** Since when uses are noted: nothing is said to be unused before that is as long ago as `unusedDays`. */
  noted_since: instantSchema,
  kinds: z.array(
    z.object({
      kind: reviewKindSchema,
      /** How many there are. */
      total: z.int().nonnegative(),
      findings: z.array(findingSchema).max(reviewFindingsMax),
    }),
  ),
});
export type Review = z.infer<typeof reviewSchema>;
