import { z } from 'zod';
import {
  branchIdSchema,
  branchNameSchema,
  projectIdSchema,
  projectNameSchema,
} from '../server-api/kisenon/projects.ts';
import { byContext } from './by-context.ts';
import { call } from './define.ts';
import { serviceErrors } from './service-errors.ts';

/** A project of the organization that the context acts in. Times are RFC 3339. */
const projectSummarySchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  defaultBranch: z.string(),
  branchCount: z.number(),
  createdAt: z.string(),
  /** User name; null when that account is gone. */
  createdBy: z.string().nullable(),
});
export type ProjectSummary = z.infer<typeof projectSummarySchema>;

const branchSummarySchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** It cannot be deleted. */
  isDefault: z.boolean(),
  createdAt: z.string(),
});
export type BranchSummary = z.infer<typeof branchSummarySchema>;

/** An API key that is for a project. */
const scopedKeySchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  creator: z.string(),
  /** It is for nothing else. */
  only: z.boolean(),
});
export type ScopedKey = z.infer<typeof scopedKeySchema>;

const byProject = byContext.extend({ projectId: projectIdSchema });
const byBranch = byProject.extend({ branchId: branchIdSchema });

const projectErrors = [...serviceErrors, 'project_gone'] as const;
const branchErrors = [...serviceErrors, 'branch_gone'] as const;

export const projectsCalls = {
  list: call({ request: byContext, response: z.array(projectSummarySchema), errors: serviceErrors }),
  create: call({
    request: byContext.extend({ name: projectNameSchema, defaultBranch: branchNameSchema }),
    response: z.strictObject({ id: z.string() }),
    errors: [...serviceErrors, 'project_name_taken'],
  }),
  rename: call({
    request: byProject.extend({ name: projectNameSchema }),
    response: z.undefined(),
    errors: [...projectErrors, 'project_name_taken'],
  }),
  /** The API keys that are for it or for its branches: those that are for nothing else can do nothing without it. */
  scopedKeys: call({ request: byProject, response: z.array(scopedKeySchema), errors: projectErrors }),
  /** Deletes it with its branches. */
  remove: call({ request: byProject, response: z.undefined(), errors: projectErrors }),
  branches: call({ request: byProject, response: z.array(branchSummarySchema), errors: projectErrors }),
  createBranch: call({
    request: byProject.extend({ name: branchNameSchema }),
    response: z.undefined(),
    errors: [...projectErrors, 'branch_name_taken'],
  }),
  renameBranch: call({
    request: byBranch.extend({ name: branchNameSchema }),
    response: z.undefined(),
    errors: [...branchErrors, 'branch_name_taken'],
  }),
  removeBranch: call({
    request: byBranch,
    response: z.undefined(),
    errors: [...branchErrors, 'branch_is_default'],
  }),
};
