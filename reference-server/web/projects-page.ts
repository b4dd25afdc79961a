import type { FastifyReply, FastifyRequest, preValidationHookHandler } from 'fastify';
import type { z } from 'zod';
import { orgParamsSchema } from '../../contracts/server-api/kisenon/organizations.ts';
import { createProjectRequestSchema } from '../../contracts/server-api/kisenon/projects.ts';
import { actionsOfRole } from '../access/decide-action.ts';
import { found } from '../access/require-right.ts';
import { actorOf } from '../access/route-access.ts';
import type { ServerContext } from '../context.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { coversAll, createProject, listProjects } from '../identity/projects.ts';
import { redirectDone } from './done-notice.ts';
import { formBody, readFields, textField, tryForm } from './forms.ts';
import type { Problem } from './forms.ts';
import { listQuery, pagesOf, rowsOfPage } from './list-page.ts';
import { sendPage } from './send-page.ts';
import type { Moment } from './view-helpers.ts';
import { page } from './views.ts';
import { momentOf } from './words.ts';

export const projectsPath = '/orgs/:org/projects';

interface ProjectRow {
  id: string;
  name: string;
  branches: number;
  defaultBranch: string;
  created: Moment;
  by: string | null;
}

interface Typed {
  name: string;
  default_branch: string;
}

interface ProjectsData {
  slug: string;
  rows: ProjectRow[];
  q: string;
  pages: ReturnType<typeof pagesOf>;
  mayCreate: boolean;
  typed: Typed;
  errors: Problem['errors'];
  open: boolean;
}

const view = page<ProjectsData>('projects', projectsPath);
const reads = { access: { page: 'signed-in', may: { organization: 'projects:read' } } } as const;
const creates = { access: { page: 'signed-in', may: { organization: 'projects:create' } } } as const;

/** `/orgs/:org/projects`: the projects of an organization, and making another one. */
export function projectsPage(app: ZodApp, context: ServerContext, csrf: preValidationHookHandler): void {
  app.get(
    projectsPath,
    { config: reads, schema: { hide: true, params: orgParamsSchema, querystring: listQuery } },
    (request, reply) => sendProjects(context, request, reply, request.query, null),
  );

  app.post(
    projectsPath,
    {
      config: creates,
      schema: {
        hide: true,
        params: orgParamsSchema,
        body: formBody({ name: textField, default_branch: textField }),
      },
      preValidation: csrf,
    },
    async (request, reply) => {
      const org = found(request.organization);
      const { name, default_branch } = request.body;
      const typed = { name: name.trim(), default_branch: default_branch.trim() };
      const { done, problem } = await tryForm(reply, 'The project was not made', () =>
        createProject(context, org, readFields(createProjectRequestSchema, typed), actorOf(request)),
      );
      if (problem !== null) {
        return sendProjects(context, request, reply, { q: '', after: '' }, { ...problem, typed });
      }
      const path = `${projectsPath.replace(':org', org.slug)}/${done.id}`;
      return redirectDone(context, reply, path, `The project ${done.name} is made`);
    },
  );
}

async function sendProjects(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  query: z.output<typeof listQuery>,
  problem: (Problem & { typed: Typed }) | null,
): Promise<FastifyReply> {
  const org = found(request.organization);
  const { projects, next } = await listProjects(context, org, coversAll, {
    limit: rowsOfPage,
    after: query.after,
    search: query.q,
  });
  return sendPage(context, request, reply, view, {
    title: 'Projects',
    notice: problem?.notice ?? null,
    slug: org.slug,
    rows: projects.map(({ id, name, branch_count, default_branch, created_at, created_by }) => ({
      ...{ id, name, branches: branch_count, defaultBranch: default_branch, by: created_by },
      created: momentOf(created_at, context.now()),
    })),
    ...{ q: query.q, pages: pagesOf(projectsPath.replace(':org', org.slug), query, next) },
    mayCreate: actionsOfRole(org.role).has('projects:create'),
    typed: problem?.typed ?? { name: '', default_branch: 'main' },
    ...{ errors: problem?.errors ?? {}, open: problem !== null },
  });
}
