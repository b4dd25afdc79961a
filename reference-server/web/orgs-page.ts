import type { FastifyReply, FastifyRequest, preValidationHookHandler } from 'fastify';
import { printable } from '../../contracts/domain/printable.ts';
import { createOrgRequestSchema } from '../../contracts/server-api/kisenon/organizations.ts';
import { actorOf, callerOf } from '../access/route-access.ts';
import type { ServerContext } from '../context.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { createOrganization } from '../identity/organizations.ts';
import { redirectDone } from './done-notice.ts';
import { formBody, readFields, textField, tryForm } from './forms.ts';
import type { Problem } from './forms.ts';
import { ownOrganizations } from './own-organizations.ts';
import { sendPage } from './send-page.ts';
import type { Moment } from './view-helpers.ts';
import { page } from './views.ts';
import { momentOf } from './words.ts';

const orgsPath = '/orgs';

interface OrgRow {
  slug: string;
  name: string;
  kind: 'personal' | 'team';
  role: string;
  created: Moment;
}

interface Typed {
  name: string;
  slug: string;
}

const view = page<{ rows: OrgRow[]; typed: Typed; errors: Problem['errors']; open: boolean }>(
  'orgs',
  orgsPath,
);
const config = { access: { page: 'signed-in' } } as const;

/** `/orgs`: the organizations of a person, and making another one. */
export function orgsPage(app: ZodApp, context: ServerContext, csrf: preValidationHookHandler): void {
  app.get(orgsPath, { config, schema: { hide: true } }, (request, reply) =>
    sendOrgs(context, request, reply, null, { name: '', slug: '' }),
  );

  app.post(
    orgsPath,
    {
      config,
      schema: { hide: true, body: formBody({ name: textField, slug: textField }) },
      preValidation: csrf,
    },
    async (request, reply) => {
      const typed = { name: request.body.name.trim(), slug: request.body.slug.trim() };
      const { done, problem } = await tryForm(reply, 'The organization was not made', () => {
        const { name, slug } = typed;
        const asked = readFields(createOrgRequestSchema, slug === '' ? { name } : { name, slug });
        return createOrganization(context, asked, actorOf(request));
      });
      if (problem !== null) return sendOrgs(context, request, reply, problem, typed);
      return redirectDone(
        context,
        reply,
        `${orgsPath}/${done.slug}/members`,
        `“${printable(done.name)}” is made`,
        'You are its owner. Invite the others.',
      );
    },
  );
}

async function sendOrgs(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem | null,
  typed: Typed,
): Promise<FastifyReply> {
  const { id } = callerOf(request).principal;
  const rows = (await ownOrganizations(context, id)).map(({ slug, name, kind, role, created_at }) => ({
    ...{ slug, kind, role, name: printable(name) },
    created: momentOf(created_at, context.now()),
  }));
  return sendPage(context, request, reply, view, {
    title: 'Organizations',
    notice: problem?.notice ?? null,
    ...{ rows, typed, errors: problem?.errors ?? {}, open: problem !== null },
  });
}
