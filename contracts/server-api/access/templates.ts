import { z } from 'zod';
import { instantSchema, lineSchema, orgSlugSchema, repositoryNameSchema } from '../primitives.ts';
import { repositoryActionSchema } from '../repositories.ts';
import { accessPath, accessPrincipalSchema, principalReferenceSchema } from './primitives.ts';

export const templatesPath = `${accessPath}/templates`;
export const accessDefaultsPath = `${accessPath}/defaults`;

/** Templates of an organization, lines of one template, and grants that new repositories begin with, at most. */
export const templatesMax = 100;
export const templateLinesMax = 100;
export const defaultGrantsMax = 50;
/** How many days a grant of a template lasts at most. */
export const templateDaysMax = 3650;

/** A repository's name, or the beginning of some, with a star behind it: `acme/web`, `acme/release-*`, `acme/*`. */
export const repositoryPatternSchema = z
  .string()
  .max(256)
  .refine(
    (text) => repositoryNameSchema.safeParse(text.endsWith('*') ? `${text.slice(0, -1)}x` : text).success,
    'Must be a repository such as acme/web, or a beginning such as acme/release-*',
  );

/** Whether a pattern is about a repository. */
export function fitsPattern(pattern: string, repository: string): boolean {
  return pattern.endsWith('*') ? repository.startsWith(pattern.slice(0, -1)) : repository === pattern;
}

/**
 * A grant that a template would have. Where several lines fit a repository, its own name counts, or else the longest
 * beginning.
 */
const templateLineSchema = z.object({
  repositories: repositoryPatternSchema,
  actions: z.array(repositoryActionSchema).min(1).max(4),
  /** How long it lasts from the day on which it is used; null for no end. */
  days: z.int().min(1).max(templateDaysMax).nullable(),
});
export type TemplateLine = z.infer<typeof templateLineSchema>;

/** Body of `POST /v1/access/templates`. A name is used once in an organization, no pattern twice in a template. */
const templateShape = {
  name: lineSchema(1, 64),
  lines: z.array(templateLineSchema.strict()).min(1).max(templateLinesMax),
};
export const createTemplateSchema = z.strictObject({ org: orgSlugSchema, ...templateShape });
export type CreateTemplate = z.output<typeof createTemplateSchema>;

/** Body of `PUT /v1/access/templates/{id}`: `replaces` is the `changed_at` that the caller has seen; 409 for another. */
export const changeTemplateSchema = z.strictObject({ replaces: instantSchema, ...templateShape });
export type ChangeTemplate = z.output<typeof changeTemplateSchema>;

export const templateParamsSchema = z.strictObject({
  id: z.string().regex(/^tpl_[a-z2-7]{16,32}$/, 'Must be the id of a template such as tpl_…'),
});

/** A named set of grants. It gives nothing by itself: who uses it on somebody makes a batch of it. */
export const templateSchema = z.object({
  id: z.string(),
  name: z.string(),
  lines: z.array(templateLineSchema),
  changed_at: instantSchema,
  changed_by: z.string().nullable(),
});
export type Template = z.infer<typeof templateSchema>;

/** Query of `GET /v1/access/templates`, by name; all at once. */
export const templatesQuerySchema = z.strictObject({ org: orgSlugSchema });
export const templateListSchema = z.object({
  templates: z.array(templateSchema).max(templatesMax),
  /** Whether the caller may make, change and delete them: the organization's owners. */
  may_change: z.boolean(),
});

/** Query of `GET /v1/access/defaults`. */
export const defaultsQuerySchema = z.strictObject({ org: orgSlugSchema });

/** What principals are given on each repository of an organization that is made from then on. */
export const accessDefaultsSchema = z.object({
  grants: z
    .array(z.object({ principal: accessPrincipalSchema, actions: z.array(repositoryActionSchema) }))
    .max(defaultGrantsMax),
  /** Null as long as nobody has set any. */
  changed_at: instantSchema.nullable(),
  changed_by: z.string().nullable(),
  /** As of templates. */
  may_change: z.boolean(),
});
export type AccessDefaults = z.infer<typeof accessDefaultsSchema>;

/** Body of `PUT /v1/access/defaults`, in place of all that was; `replaces` as of templates. No principal is named twice. */
export const setDefaultsSchema = z.strictObject({
  org: orgSlugSchema,
  replaces: instantSchema.nullable(),
  grants: z
    .array(
      z.strictObject({
        principal: principalReferenceSchema,
        actions: z.array(repositoryActionSchema).min(1).max(4),
      }),
    )
    .max(defaultGrantsMax),
});
export type SetDefaults = z.output<typeof setDefaultsSchema>;
