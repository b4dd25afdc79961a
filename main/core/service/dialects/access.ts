import { z } from 'zod';
import { printable } from '../../../../contracts/domain/printable.ts';
import {
  accessChangeSchema,
  accessOrganizationsSchema,
  accessPrincipalKindSchema,
  accessPrincipalSchema,
  accessReasonSchema,
  batchListSchema,
  batchMadeSchema,
  batchSchema,
  changedCellsSchema,
  credentialAccessSchema,
  explanationSchema,
  matrixSchema,
  orgRoleSchema,
  previewSchema,
  refusedBecause,
  repositoryActionSchema,
  type RefusedBecause,
  type RepositoryAction,
} from '../../../../contracts/server-api/index.ts';

/*
 * Who may do what on repositories, and why, as clients read it: lists of actions, kinds, roles and codes are open. What
 * stands in the wrong place is not: an answer whose rows do not fit its columns tells of somebody else's access.
 */

/** A name from a list that later servers may lengthen. */
export const openName = z.string().max(100);

/** By which something can be asked for again, and by which the activity log knows it. */
export const idAnswer = z.string().regex(/^[\w-]{1,100}$/);

/** Words of people, as far as anybody reads them on a line. */
export function wordsAnswer(most: number) {
  return z.string().transform((text) => printable(text, most));
}

/** Null for a role that this version does not know. */
const roleAnswer = openName.transform((role) => orgRoleSchema.safeParse(role).data ?? null);

/** Actions that this version does not know are left out. */
export const actionsAnswer = z
  .array(openName)
  .transform((names): RepositoryAction[] =>
    repositoryActionSchema.options.filter((known) => names.includes(known)),
  );

/** `kind` is null for one that this version does not know. */
export const principalAnswer = accessPrincipalSchema.extend({
  kind: openName.transform((kind) => accessPrincipalKindSchema.safeParse(kind).data ?? null),
  role: roleAnswer.transform((role) => role ?? ('other' as const)).nullable(),
});
export type PrincipalAnswer = z.output<typeof principalAnswer>;

/** A change that this version could make. */
const changeAnswer = z.object({ ...accessChangeSchema.shape, actions: z.array(repositoryActionSchema) });
export type ChangeAnswer = z.output<typeof changeAnswer>;

/** Changes that somebody may make together: of those with one that this version does not know, none. */
export const changesAnswer = z
  .array(z.unknown())
  .transform((changes) => z.array(changeAnswer).safeParse(changes).data ?? []);

/** `details` of a refusal: what of several things it means; null for what this version does not know. */
const refusalDetails = z.object({ because: z.enum(refusedBecause) });

export function becauseOf(details: unknown): RefusedBecause | null {
  return refusalDetails.safeParse(details).data?.because ?? null;
}

const [inactive, administrator, role, everybody, grant, viewer, limit] = accessReasonSchema.options;
const knownReason = z.discriminatedUnion('kind', [
  inactive,
  administrator,
  everybody,
  viewer,
  limit,
  role.extend({ role: roleAnswer }),
  grant.extend({ actions: actionsAnswer }),
]);
const knownKinds: readonly string[] = [
  ...['inactive', 'administrator', 'role', 'public', 'viewer', 'limit'],
  ...grant.shape.kind.options,
];
const laterReason = z
  .object({ kind: openName.refine((kind) => !knownKinds.includes(kind)) })
  .transform(() => ({ kind: 'other' as const }));
const reasonAnswer = z.union([knownReason, laterReason]);
export type ReasonAnswer = z.output<typeof reasonAnswer>;

export const organizationsAnswer = accessOrganizationsSchema;

const becauseAnswer = explanationSchema.shape.because.element.extend({
  action: openName,
  by: z.array(reasonAnswer),
});

export const explanationAnswer = explanationSchema.extend({
  principal: principalAnswer,
  actions: actionsAnswer,
  because: z.array(becauseAnswer).transform((all) =>
    all.flatMap(({ action, ...because }) => {
      const known = repositoryActionSchema.safeParse(action).data;
      return known === undefined ? [] : [{ ...because, action: known }];
    }),
  ),
});
export type ExplanationAnswer = z.output<typeof explanationAnswer>;

const credentialRepository = credentialAccessSchema.shape.repositories.element;

export const credentialAccessAnswer = credentialAccessSchema.extend({
  holder: principalAnswer,
  repositories: z.array(credentialRepository.extend({ actions: actionsAnswer, withheld: actionsAnswer })),
});

/** A part of the matrix in which each row is of one principal and has one digit for each repository. */
export const matrixAnswer = matrixSchema
  .extend({
    principals: z.array(principalAnswer),
    rows: z.array(matrixSchema.shape.rows.element.unwrap()),
  })
  .refine(
    ({ principals, repositories, rows, ends, used = [] }) =>
      rows.length === principals.length &&
      rows.every((row) =>
        [row.access, row.direct, row.via].every((digits) => digits.length === repositories.length),
      ) &&
      [...ends, ...used].every(({ row, column }) => row < rows.length && column < repositories.length),
  );
export type MatrixAnswer = z.output<typeof matrixAnswer>;

const effectAnswer = previewSchema.shape.gains.element.extend({
  ...{ principal: principalAnswer, by: z.array(reasonAnswer) },
  ...{ actions: actionsAnswer, before: actionsAnswer, after: actionsAnswer },
});
export type EffectAnswer = z.output<typeof effectAnswer>;

const refusalAnswer = previewSchema.shape.refused.element;
const refusalCodes = refusalAnswer.shape.code;

const refusedShape = {
  refused: z.array(
    refusalAnswer.extend({
      code: openName.transform((code) => refusalCodes.safeParse(code).data ?? ('other' as const)),
    }),
  ),
};

/** Details of a refused batch: which of its changes cannot be made. */
export const refusedChangesAnswer = z.object(refusedShape);

export const previewAnswer = previewSchema.extend({
  gains: z.array(effectAnswer),
  loses: z.array(effectAnswer),
  ...refusedShape,
});
export type PreviewAnswer = z.output<typeof previewAnswer>;

export const changedCellsAnswer = changedCellsSchema.extend({
  cells: z.array(
    changedCellsSchema.shape.cells.element.extend({ principal: principalAnswer, actions: actionsAnswer }),
  ),
});
export type ChangedCellsAnswer = z.output<typeof changedCellsAnswer>;

export const batchMadeAnswer = batchMadeSchema.extend({ id: idAnswer });

const batchAnswer = batchSchema.extend({
  ...{ id: idAnswer, undone_by: idAnswer.nullable() },
  samples: z.array(batchSchema.shape.samples.element.extend({ before: actionsAnswer, after: actionsAnswer })),
});
export type BatchAnswer = z.output<typeof batchAnswer>;
export const batchListAnswer = batchListSchema.extend({ batches: z.array(batchAnswer) });
