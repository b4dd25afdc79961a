import { z } from 'zod';
import { principalReferenceSchema } from '../server-api/access/primitives.ts';
import { createTemplateSchema, defaultGrantsMax } from '../server-api/access/templates.ts';
import {
  accessActionsSchema,
  accessErrors,
  accessPlaceSchema,
  accessPrincipalSummarySchema,
} from './access.ts';
import { serviceIdSchema } from './by-context.ts';
import { call } from './define.ts';

const { name, lines } = createTemplateSchema.shape;

const templateSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** `repositories`: a name, or a beginning with a star behind it. `days`: null for no end. */
  lines: z.array(
    z.strictObject({
      repositories: z.string(),
      actions: accessActionsSchema,
      days: z.number().int().nullable(),
    }),
  ),
  /** RFC 3339. */
  changedAt: z.string(),
  changedBy: z.string().nullable(),
});
export type AccessTemplate = z.infer<typeof templateSchema>;

const changeErrors = [
  ...accessErrors,
  'template_gone',
  'template_name_taken',
  'changed_by_others',
  'maybe_done',
] as const;

/** Named sets of grants, and what new repositories begin with. */
export const accessTemplatesCalls = {
  list: call({
    request: accessPlaceSchema,
    response: z.strictObject({ templates: z.array(templateSchema), mayChange: z.boolean() }),
    errors: accessErrors,
  }),
  /** Makes one, or changes the one that `replaces` names, as it was at `changedAt`. */
  save: call({
    request: accessPlaceSchema.extend({
      name,
      lines,
      replaces: z.strictObject({ id: serviceIdSchema, changedAt: z.iso.datetime() }).nullable(),
    }),
    response: z.strictObject({ templateId: z.string() }),
    errors: changeErrors,
  }),
  remove: call({
    request: accessPlaceSchema.extend({ templateId: serviceIdSchema }),
    response: z.undefined(),
    errors: changeErrors,
  }),
  /** What is given on each new repository. */
  defaults: call({
    request: accessPlaceSchema,
    response: z.strictObject({
      grants: z.array(
        z.strictObject({ principal: accessPrincipalSummarySchema, actions: accessActionsSchema }),
      ),
      changedAt: z.string().nullable(),
      changedBy: z.string().nullable(),
      mayChange: z.boolean(),
    }),
    errors: accessErrors,
  }),
  /** In place of all that was, as it was at `replaces`. */
  saveDefaults: call({
    request: accessPlaceSchema.extend({
      replaces: z.iso.datetime().nullable(),
      grants: z
        .array(
          z.strictObject({ principal: principalReferenceSchema, actions: accessActionsSchema.min(1).max(4) }),
        )
        .max(defaultGrantsMax),
    }),
    response: z.undefined(),
    errors: [...accessErrors, 'nobody_found', 'changed_by_others', 'maybe_done'],
  }),
};
