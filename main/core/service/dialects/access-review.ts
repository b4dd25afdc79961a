import { z } from 'zod';
import { reviewFindingsMax, reviewKinds, reviewSchema } from '../../../../contracts/server-api/index.ts';
import { actionsAnswer, changesAnswer, openName, principalAnswer } from './access.ts';

/* What is worth a look, as clients read it: see `access.ts`. */

const kindAnswer = reviewSchema.shape.kinds.element;
const finding = kindAnswer.shape.findings.element;

const findingAnswer = finding.omit({ kind: true }).extend({
  grant: finding.shape.grant
    .unwrap()
    .extend({ principal: principalAnswer, actions: actionsAnswer })
    .nullable(),
  changes: changesAnswer,
});
export type FindingAnswer = z.output<typeof findingAnswer>;

const knownKinds: readonly string[] = reviewKinds;
const knownKind = kindAnswer.extend({
  findings: z.array(findingAnswer).transform((findings) => findings.slice(0, reviewFindingsMax)),
});
const laterKind = z
  .object({ kind: openName.refine((kind) => !knownKinds.includes(kind)) })
  .transform(() => null);

/** Kinds of findings that this version does not know are left out. */
export const reviewAnswer = reviewSchema.extend({
  kinds: z.array(z.union([knownKind, laterKind])).transform((kinds) => kinds.filter((kind) => kind !== null)),
});
