import type { FastifyReply, FastifyRequest, preValidationHookHandler } from 'fastify';
import type { z } from 'zod';
import { printable } from '../../contracts/domain/printable.ts';
import { orgParamsSchema } from '../../contracts/server-api/kisenon/organizations.ts';
import {
  branchParamsSchema,
  createBranchRequestSchema,
  projectParamsSchema,
  renameProjectRequestSchema,
} from '../../contracts/server-api/kisenon/projects.ts';
import { actionsOfRole } from '../access/decide-action.ts';
import type { OrganizationAction } from '../../contracts/server-api/kisenon/organization-actions.ts';
import { found } from '../access/require-right.ts';
import { actorOf } from '../access/route-access.ts';
import type { ServerContext } from '../context.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { listKeysOfProject } from '../identity/api-key-list.ts';
import { createBranch, deleteBranch, listBranches, renameBranch } from '../identity/branches.ts';
import { coversAll, deleteProject, readProject, renameProject } from '../identity/projects.ts';
import { redirectDone } from './done-notice.ts';
import { formBody, readFields, requireTyped, textField, tryForm } from './forms.ts';
import type { Problem } from './forms.ts';
import { listQuery, pagesOf, rowsOfPage } from './list-page.ts';
import { projectsPath } from './projects-page.ts';
import { sendPage } from './send-page.ts';
import type { Moment } from './view-helpers.ts';
import { page } from './views.ts';
import { momentOf } from './words.ts';

const projectPath = `${projectsPath}/:project`;

interface BranchRow {
  id: string;
  name: string;
  isDefault: boolean;
  created: Moment;
}

interface ProjectData {
  id: string;
  path: string;
  created: Moment;
  by: string | null;
  branches: BranchRow[];
  q: string;
  pages: ReturnType<typeof pagesOf>;
  may: Record<'rename' | 'delete' | 'createBranch' | 'renameBranch' | 'deleteBranch', boolean>;
  /** What is lost with it, in words; empty where the viewer may not delete it. */
  losses: string[];
  errors: Problem['errors'];
  /** Of a form that was refused: which, and what was typed. */
  open: string | null;
  typed: string;
}

const view = page<ProjectData>('project', projectsPath);
const params = orgParamsSchema.extend(projectParamsSchema.shape);
const branchParams = orgParamsSchema.extend(branchParamsSchema.shape);

function access(organization: OrganizationAction) {
  return { access: { page: 'signed-in', may: { organization } } } as const;
}

/** `/orgs/:org/projects/:project`: a project with its branches. */
export function projectPage(app: ZodApp, context: ServerContext, csrf: preValidationHookHandler): void {
  app.get(
    projectPath,
    { config: access('branches:read'), schema: { hide: true, params, querystring: listQuery } },
    (request, reply) => sendProject(context, request, reply, { query: request.query }),
  );

  app.post(
    `${projectPath}/rename`,
    {
      config: access('projects:rename'),
      schema: { hide: true, params, body: formBody({ name: textField }) },
      preValidation: csrf,
    },
    async (request, reply) => {
      const typed = request.body.name.trim();
      const { problem } = await tryForm(reply, 'The project was not renamed', () => {
        const { name } = readFields(renameProjectRequestSchema, { name: typed });
        const { project } = request.params;
        return renameProject(context, found(request.organization), project, name, actorOf(request));
      });
      if (problem !== null) return sendProject(context, request, reply, { problem, open: 'rename', typed });
      return redirectDone(context, reply, pathOf(request), `It is called ${typed} now`);
    },
  );

  app.post(
    `${projectPath}/delete`,
    {
      config: access('projects:delete'),
      schema: { hide: true, params, body: formBody({ typed: textField }) },
      preValidation: csrf,
    },
    async (request, reply) => {
      const org = found(request.organization);
      const { id, name } = found(request.project);
      const { problem } = await tryForm(reply, 'The project was not deleted', async () => {
        requireTyped(request.body.typed, name);
        await deleteProject(context, org, id, actorOf(request));
      });
      if (problem !== null) return sendProject(context, request, reply, { problem, open: 'delete' });
      return redirectDone(context, reply, projectsPath.replace(':org', org.slug), `${name} is deleted`);
    },
  );

  branchForms(app, context, csrf);
}

function branchForms(app: ZodApp, context: ServerContext, csrf: preValidationHookHandler): void {
  app.post(
    `${projectPath}/branches`,
    {
      config: access('branches:create'),
      schema: { hide: true, params, body: formBody({ name: textField }) },
      preValidation: csrf,
    },
    async (request, reply) => {
      const typed = request.body.name.trim();
      const { done, problem } = await tryForm(reply, 'The branch was not made', () => {
        const { name } = readFields(createBranchRequestSchema, { name: typed });
        const { project } = request.params;
        return createBranch(context, found(request.organization), project, name, actorOf(request));
      });
      if (problem !== null)
        return sendProject(context, request, reply, { problem, open: 'new-branch', typed });
      return redirectDone(context, reply, pathOf(request), `The branch ${done.name} is made`);
    },
  );

  app.post(
    `${projectPath}/branches/:branch/rename`,
    {
      config: access('branches:rename'),
      schema: { hide: true, params: branchParams, body: formBody({ name: textField }) },
      preValidation: csrf,
    },
    async (request, reply) => {
      const { project: projectId, branch: id } = request.params;
      const typed = request.body.name.trim();
      const { done, problem } = await tryForm(reply, 'The branch was not renamed', () => {
        const { name } = readFields(createBranchRequestSchema, { name: typed });
        return renameBranch(context, found(request.organization), { projectId, id }, name, actorOf(request));
      });
      if (problem !== null)
        return sendProject(context, request, reply, { problem, open: `rename-${id}`, typed });
      return redirectDone(context, reply, pathOf(request), `The branch is called ${done.name} now`);
    },
  );

  app.post(
    `${projectPath}/branches/:branch/delete`,
    {
      config: access('branches:delete'),
      schema: { hide: true, params: branchParams, body: formBody({}) },
      preValidation: csrf,
    },
    async (request, reply) => {
      const { project: projectId, branch: id } = request.params;
      const { name } = found(request.branch);
      const { problem } = await tryForm(reply, 'The branch was not deleted', () =>
        deleteBranch(context, found(request.organization), { projectId, id }, actorOf(request)),
      );
      if (problem !== null) return sendProject(context, request, reply, { problem });
      return redirectDone(context, reply, pathOf(request), `The branch ${name} is deleted`);
    },
  );
}

function pathOf(request: FastifyRequest): string {
  const { slug } = found(request.organization);
  return projectPath.replace(':org', slug).replace(':project', found(request.project).id);
}

interface Shown {
  query?: z.output<typeof listQuery>;
  problem?: Problem;
  open?: string;
  typed?: string;
}

async function sendProject(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  { query = { q: '', after: '' }, problem, open, typed = '' }: Shown,
): Promise<FastifyReply> {
  const org = found(request.organization);
  const now = context.now();
  const project = await readProject(context.db, org, coversAll, found(request.project).id);
  const { branches, next } = await listBranches(context, project, coversAll, {
    limit: rowsOfPage,
    after: query.after,
    search: query.q,
  });
  const mayDo = actionsOfRole(org.role);
  return sendPage(context, request, reply, view, {
    title: project.name,
    notice: problem?.notice ?? null,
    ...{ id: project.id, path: pathOf(request), by: project.created_by, q: query.q },
    created: momentOf(project.created_at, now),
    branches: branches.map(({ id, name, default: isDefault, created_at }) => ({
      ...{ id, name, isDefault },
      created: momentOf(created_at, now),
    })),
    pages: pagesOf(pathOf(request), query, next),
    may: {
      rename: mayDo.has('projects:rename'),
      delete: mayDo.has('projects:delete'),
      createBranch: mayDo.has('branches:create'),
      renameBranch: mayDo.has('branches:rename'),
      deleteBranch: mayDo.has('branches:delete'),
    },
    losses: mayDo.has('projects:delete') ? await lossesOf(context, org, project) : [],
    ...{ errors: problem?.errors ?? {}, open: open ?? null, typed },
  });
}

/** What is lost with a project: its branches, and the API keys that are for nothing else. */
async function lossesOf(
  context: ServerContext,
  org: { id: string },
  { id, branch_count: count }: { id: string; branch_count: number },
): Promise<string[]> {
  const { api_keys: keys } = await listKeysOfProject(context, org, id);
  const inert = keys.filter(({ only }) => only);
  return [
    count === 1 ? 'its branch' : `its ${count.toLocaleString('en')} branches`,
    ...inert
      .slice(0, maxNamedKeys)
      .map(
        ({ name, creator }) =>
          `what the API key “${printable(name)}” of ${creator} is for: it can do nothing then`,
      ),
    ...(inert.length > maxNamedKeys
      ? [`the same of ${String(inert.length - maxNamedKeys)} more API keys`]
      : []),
  ];
}

/** As many keys as a person reads in a question. */
const maxNamedKeys = 10;
