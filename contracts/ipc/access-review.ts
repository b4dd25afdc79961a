import { z } from 'zod';
import { reviewKinds } from '../server-api/access/review.ts';
import {
  accessActionsSchema,
  accessErrors,
  accessPlaceSchema,
  accessPrincipalSummarySchema,
  preparedChangeSchema,
} from './access.ts';
import { call } from './define.ts';

const findingSchema = z.strictObject({
  repository: z.string(),
  /** The grant that it is about; null for a repository as a whole. Times are RFC 3339. */
  grant: z
    .strictObject({
      principal: accessPrincipalSummarySchema,
      actions: accessActionsSchema,
      givenAt: z.string(),
      until: z.string().nullable(),
      /** When the principal itself last used the repository; null for never, and for groups. */
      pulled: z.string().nullable(),
      pushed: z.string().nullable(),
    })
    .nullable(),
  /** Of `beside_group`: the name of one of the groups. */
  group: z.string().nullable(),
  /** Of `many_admins`: how many people, beside the owners. */
  admins: z.number().int().nullable(),
  /** What would mend it; empty where that is not known. */
  changes: z.array(preparedChangeSchema),
});
export type AccessFinding = z.infer<typeof findingSchema>;

export const accessReviewCalls = {
  /** What is worth a look among the grants in an organization. Of kinds that this version knows. Nothing is changed. */
  findings: call({
    request: accessPlaceSchema,
    response: z.strictObject({
      /** Since when the service notes uses: what is older than that it cannot call unused. */
      notedSince: z.string(),
      kinds: z.array(
        z.strictObject({
          kind: z.enum(reviewKinds),
          /** How many there are; `findings` may be fewer, the first by repository. */
          total: z.number().int(),
          findings: z.array(findingSchema),
        }),
      ),
    }),
    errors: accessErrors,
  }),
};
