import { z } from 'zod';
import {
  accessPrincipalKindSchema,
  credentialReferenceSchema,
  principalReferenceSchema,
} from '../server-api/access/primitives.ts';
import { batchChangesMax } from '../server-api/access/batches.ts';
import { orgRoleSchema, orgSlugSchema, repositoryNameSchema } from '../server-api/primitives.ts';
import { repositoryActionSchema } from '../server-api/repositories.ts';
import { byContext, serviceIdSchema } from './by-context.ts';
import { call } from './define.ts';
import { serviceErrors } from './service-errors.ts';

export const accessActionsSchema = z.array(repositoryActionSchema);
const actions = accessActionsSchema;

/** Who has or may be given access. Times here are RFC 3339. */
export const accessPrincipalSummarySchema = z.strictObject({
  /** `user:ID`, `group:ID` or `bot:org/name`. */
  reference: z.string(),
  kind: accessPrincipalKindSchema,
  name: z.string(),
  email: z.string().nullable(),
  /** In the organization; null for none. `other`: one that this version does not know. */
  role: z.enum([...orgRoleSchema.options, 'other']).nullable(),
  active: z.boolean(),
  /** References of the groups that a person belongs to. */
  groups: z.array(z.string()),
});
export type AccessPrincipalSummary = z.infer<typeof accessPrincipalSummarySchema>;
const principalSchema = accessPrincipalSummarySchema;

/** Why somebody may do something, or may not. `other`: a reason that this version does not know. */
const reasonSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('inactive') }),
  z.strictObject({ kind: z.literal('administrator') }),
  z.strictObject({ kind: z.literal('role'), org: z.string(), role: orgRoleSchema }),
  z.strictObject({ kind: z.literal('public') }),
  z.strictObject({ kind: z.literal('viewer') }),
  /** The credential that is asked about is not good for it. */
  z.strictObject({ kind: z.literal('limit') }),
  z.strictObject({
    kind: z.enum(['grant', 'deny']),
    /** Name of the group that it is given to, where that is not the principal alone. */
    group: z.string().nullable(),
    actions,
    givenBy: z.string().nullable(),
    givenAt: z.string(),
    until: z.string().nullable(),
  }),
  z.strictObject({ kind: z.literal('other') }),
]);
export type AccessReasonSummary = z.infer<typeof reasonSchema>;

/** What somebody may do on a repository, with what decides about each action. */
const explanationSchema = z.strictObject({
  principal: principalSchema,
  repository: z.string(),
  actions,
  because: z.array(
    z.strictObject({
      action: repositoryActionSchema,
      allowed: z.boolean(),
      by: z.array(reasonSchema),
      until: z.string().nullable(),
    }),
  ),
});
export type ExplanationSummary = z.infer<typeof explanationSchema>;

/** What somebody may do on a repository. `direct`: what a grant to them alone names; `until`: when it changes by itself. */
const entryShape = {
  actions,
  direct: actions,
  via: z.array(z.enum(['role', 'group', 'public', 'denied'])),
  until: z.string().nullable(),
};
export type AccessEntry = z.infer<z.ZodObject<typeof entryShape>>;

const holderSchema = z.strictObject({ principal: principalSchema, ...entryShape });
export type AccessHolder = z.infer<typeof holderSchema>;

const accessRepositorySchema = z.strictObject({ name: z.string(), public: z.boolean(), ...entryShape });
export type AccessRepository = z.infer<typeof accessRepositorySchema>;

const place = { row: z.number().int(), column: z.number().int() };

/**
 * A part of the matrix: one text for each row, one hexadecimal digit for each column, as the service tells it
 * (`accessBits`, `accessVia` of the contract with the server). `row` and `column` count from the part's beginning.
 */
const cellsSchema = z.strictObject({
  version: z.string(),
  /** Whom its rows and what its columns are about. Where that is not as in `sides`, somebody changed these meanwhile. */
  principals: z.array(z.string()),
  repositories: z.array(z.string()),
  rows: z.array(z.strictObject({ access: z.string(), direct: z.string(), via: z.string() })),
  ends: z.array(z.strictObject({ ...place, direct: z.string().nullable(), access: z.string().nullable() })),
  /** Where it was asked for and the service tells it: cells whose principal pulled or pushed, and when last. */
  used: z
    .array(z.strictObject({ ...place, pulled: z.string().nullable(), pushed: z.string().nullable() }))
    .optional(),
});
export type CellsSummary = z.infer<typeof cellsSchema>;

const changeSchema = z.strictObject({
  principal: principalReferenceSchema,
  repository: repositoryNameSchema,
  /** Empty: takes the grant away. */
  actions: actions.max(4),
  /** Null: without an end. */
  expiresAt: z.iso.datetime().nullable(),
});
export type AccessChangeRequest = z.infer<typeof changeSchema>;

/** A change that nobody has made yet, as main hands it to the window. */
export const preparedChangeSchema = z.strictObject({
  principal: z.string(),
  repository: z.string(),
  actions,
  expiresAt: z.string().nullable(),
});
export type PreparedChange = z.infer<typeof preparedChangeSchema>;

const effectSchema = z.strictObject({
  principal: principalSchema,
  repository: z.string(),
  actions,
  before: actions,
  after: actions,
  by: z.array(reasonSchema),
  until: z.string().nullable(),
});
export type AccessEffectSummary = z.infer<typeof effectSchema>;

/** What a batch would do. `total` counts all effects, of which there may be more than are told. */
const previewSchema = z.strictObject({
  gains: z.array(effectSchema),
  loses: z.array(effectSchema),
  total: z.strictObject({ gains: z.number().int(), loses: z.number().int() }),
  refused: z.array(
    z.strictObject({
      index: z.number().int(),
      code: z.enum([
        'principal_gone',
        'repository_gone',
        'admin_needed',
        'end_passed',
        'named_twice',
        'other',
      ]),
    }),
  ),
  ownAdminLost: z.array(z.string()),
});
export type PreviewSummary = z.infer<typeof previewSchema>;

const changedCellSchema = z.strictObject({
  principal: principalSchema,
  repository: z.string(),
  actions,
  changedBy: z.string().nullable(),
  changedAt: z.string(),
});
export type ChangedCell = z.infer<typeof changedCellSchema>;

/**
 * What became of a batch. `changed_meanwhile`: nothing was done, because somebody else changed these cells. `unknown`: the
 * answer was lost and the service cannot be asked; sent again with the same `key`, it is made once at most.
 */
const outcomeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('done'), batchId: z.string() }),
  z.strictObject({ kind: z.literal('changed_meanwhile'), cells: z.array(changedCellSchema) }),
  z.strictObject({ kind: z.literal('undone_already') }),
  z.strictObject({ kind: z.literal('unknown') }),
]);
export type BatchOutcome = z.infer<typeof outcomeSchema>;

const batchSchema = z.strictObject({
  id: z.string(),
  madeAt: z.string(),
  madeBy: z.string(),
  changes: z.number().int(),
  samples: z.array(
    z.strictObject({ principal: z.string(), repository: z.string(), before: actions, after: actions }),
  ),
  /** Whether it takes an earlier one back. */
  isUndo: z.boolean(),
  isUndone: z.boolean(),
});
export type BatchSummary = z.infer<typeof batchSchema>;

/** An organization of a context's service. */
export const accessPlaceSchema = byContext.extend({ organization: orgSlugSchema });
export type AccessPlace = z.infer<typeof accessPlaceSchema>;
const batch = accessPlaceSchema.extend({ changes: z.array(changeSchema).min(1).max(batchChangesMax) });
/** What can go wrong with each call about an organization's access. */
export const accessErrors = [...serviceErrors, 'repository_admin_needed'] as const;
const errors = accessErrors;
const count = z.number().int().min(1).max(1000);

/** Who may do what on the repositories of an organization, why, and changes of it that are looked at before they are made. */
export const accessCalls = {
  /** The organizations in which the user may change access to something. */
  organizations: call({
    request: byContext,
    response: z.strictObject({
      organizations: z.array(z.strictObject({ slug: z.string(), name: z.string() })),
    }),
    errors,
  }),
  /**
   * Both sides of the matrix: groups, people, bots, each by name; repositories that the user administers, by name. Of more
   * than 10,000 on a side the first, and `isWhole` is false.
   */
  sides: call({
    request: accessPlaceSchema,
    response: z.strictObject({
      principals: z.array(principalSchema),
      repositories: z.array(z.strictObject({ name: z.string(), public: z.boolean() })),
      isWhole: z.boolean(),
    }),
    errors,
  }),
  /** A part of the matrix, of 40,000 cells at most, in the order of `sides`. */
  cells: call({
    request: accessPlaceSchema.extend({
      /** `after`: the entry of `sides` before the first one; null for the first of all. */
      principals: z.strictObject({
        after: principalSchema.pick({ reference: true, kind: true, name: true }).nullable(),
        count,
      }),
      repositories: z.strictObject({ after: repositoryNameSchema.nullable(), count }),
      /** With when each was used. */
      used: z.boolean().optional(),
    }),
    response: cellsSchema,
    errors,
  }),
  explain: call({
    request: byContext.extend({ principal: principalReferenceSchema, repository: repositoryNameSchema }),
    response: explanationSchema,
    errors: [...errors, 'nobody_found', 'repository_gone'],
  }),
  /** The same of one of the principal's keys or tokens. */
  explainCredential: call({
    request: byContext.extend({ credential: credentialReferenceSchema, repository: repositoryNameSchema }),
    response: explanationSchema,
    errors: [...errors, 'credential_gone', 'repository_gone'],
  }),
  /** What a key or token can do, and what it withholds of what its holder can do; `isWhole` as of `sides`. */
  credentialCan: call({
    request: byContext.extend({ credential: credentialReferenceSchema }),
    response: z.strictObject({
      holder: principalSchema,
      repositories: z.array(
        z.strictObject({ name: z.string(), public: z.boolean(), actions, withheld: actions }),
      ),
      isWhole: z.boolean(),
    }),
    errors: [...errors, 'credential_gone'],
  }),
  /** Who may do anything on a repository; `isWhole` as of `sides`. */
  whoCan: call({
    request: accessPlaceSchema.extend({ repository: repositoryNameSchema }),
    response: z.strictObject({ holders: z.array(holderSchema), isWhole: z.boolean() }),
    errors: [...errors, 'repository_gone'],
  }),
  /** On which repositories of an organization somebody may do anything, of those that the user administers. */
  whatCan: call({
    request: accessPlaceSchema.extend({ principal: principalReferenceSchema }),
    response: z.strictObject({
      principal: principalSchema,
      repositories: z.array(accessRepositorySchema),
      isWhole: z.boolean(),
    }),
    errors: [...errors, 'nobody_found'],
  }),
  /** What changes would do. Nothing is changed. */
  preview: call({ request: batch, response: previewSchema, errors }),
  /** Makes all changes, or none. `version` is the one of the cells that the user has seen, `key` a new UUID. */
  apply: call({
    request: batch.extend({ version: z.string().max(64), key: z.uuid() }),
    response: outcomeSchema,
    errors: [...errors, 'expiry_passed', 'nobody_found', 'repository_gone'],
  }),
  /** The last ten batches in the organization, newest first. */
  batches: call({
    request: accessPlaceSchema,
    response: z.strictObject({ batches: z.array(batchSchema) }),
    errors,
  }),
  /** Takes a batch back, whole, where no later change stands on it. */
  undo: call({
    request: accessPlaceSchema.extend({ batchId: serviceIdSchema }),
    response: outcomeSchema,
    errors: [...errors, 'batch_gone'],
  }),
};
