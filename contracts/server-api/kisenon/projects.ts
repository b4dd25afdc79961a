import { z } from 'zod';
import { branchNameRule, projectNameRule, type NameRule } from '../../domain/project-names.ts';
import { nextSchema, pageQuery } from '../pages.ts';
import { instantSchema } from '../primitives.ts';

/** `GET` and `POST /v1/projects` of the organization that the caller acts in. */
export const projectsPath = '/v1/projects';

/** `GET`, `PATCH` and `DELETE /v1/projects/{project}`. */
export function projectPath(project: string): string {
  return `${projectsPath}/${project}`;
}

/** `GET` and `POST /v1/projects/{project}/branches`. */
export function branchesPath(project: string): string {
  return `${projectPath(project)}/branches`;
}

/** `GET`, `PATCH` and `DELETE …/branches/{branch}`. */
export function branchPath(project: string, branch: string): string {
  return `${branchesPath(project)}/${branch}`;
}

export const projectIdSchema = z
  .string()
  .regex(/^prj_[a-z2-7]{26}$/, 'Must be the id of a project such as prj_…');
export const branchIdSchema = z
  .string()
  .regex(/^br_[a-z2-7]{26}$/, 'Must be the id of a branch such as br_…');

export const projectNameSchema = nameSchema(projectNameRule);
export const branchNameSchema = nameSchema(branchNameRule);

function nameSchema({ pattern, words, max }: NameRule) {
  return z.string().max(max).regex(pattern, `Must be ${words}`);
}

export const projectParamsSchema = z.strictObject({ project: projectIdSchema });
export const branchParamsSchema = projectParamsSchema.extend({ branch: branchIdSchema });

/** Queries of the lists, whose `after` is a name; `search` is part of one. */
export const projectsQuerySchema = pageQuery(200).extend({ search: z.string().max(100).default('') });

/** Body of `POST /v1/projects`: it gets a default branch, `main` where nothing else is said. */
export const createProjectRequestSchema = z.strictObject({
  name: projectNameSchema,
  default_branch: branchNameSchema.default('main'),
});
export const renameProjectRequestSchema = z.strictObject({ name: projectNameSchema });
export const createBranchRequestSchema = z.strictObject({ name: branchNameSchema });

export const branchSchema = z.object({
  id: branchIdSchema,
  name: z.string(),
  project_id: projectIdSchema,
  /** It cannot be deleted. */
  default: z.boolean(),
  created_at: instantSchema,
});
export type Branch = z.infer<typeof branchSchema>;

export const projectSchema = z.object({
  id: projectIdSchema,
  name: z.string(),
  org: z.string(),
  default_branch: z.string(),
  branch_count: z.int().nonnegative(),
  created_at: instantSchema,
  /** User name; null when that account is gone. */
  created_by: z.string().nullable(),
});
export type Project = z.infer<typeof projectSchema>;

/** Answer of `GET /v1/projects`, by name. A key that is for some projects or branches sees those alone. */
export const projectListSchema = z.object({ projects: z.array(projectSchema), next: nextSchema });
export const branchListSchema = z.object({ branches: z.array(branchSchema), next: nextSchema });

/** How many keys `scopedKeysSchema` names at most. */
export const maxScopedKeys = 200;

/**
 * The API keys that are for a project or its branches, by name: `GET /v1/projects/{project}/api-keys`, to be shown before
 * the project is deleted. `only`: with it, nothing is left of what the key is for. `total` counts those that are not named
 * too.
 */
export const scopedKeysSchema = z.object({
  api_keys: z.array(z.object({ id: z.string(), name: z.string(), creator: z.string(), only: z.boolean() })),
  total: z.int().nonnegative(),
});
