import type { FastifyReply, FastifyRequest, preValidationHookHandler } from 'fastify';
import type { z } from 'zod';
import { printable } from '../../contracts/domain/printable.ts';
import {
  changeMemberRequestSchema,
  memberParamsSchema,
  orgParamsSchema,
} from '../../contracts/server-api/kisenon/organizations.ts';
import type { Member } from '../../contracts/server-api/kisenon/organizations.ts';
import { orgRoleSchema } from '../../contracts/server-api/primitives.ts';
import type { OrgRole } from '../../contracts/server-api/primitives.ts';
import { actionsOfRole } from '../access/decide-action.ts';
import { found } from '../access/require-right.ts';
import type { FoundOrganization } from '../access/require-right.ts';
import { actorOf, callerOf } from '../access/route-access.ts';
import type { ServerContext } from '../context.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { changeRole, listMembers, removeMember } from '../identity/memberships.ts';
import { readOrganization } from '../identity/organizations.ts';
import { mayGive } from '../identity/roles.ts';
import { redirectDone } from './done-notice.ts';
import { formBody, readFields, textField, tryForm } from './forms.ts';
import type { Problem } from './forms.ts';
import { listQuery, pagesOf, rowsOfPage } from './list-page.ts';
import { sendPage } from './send-page.ts';
import type { Moment } from './view-helpers.ts';
import { page } from './views.ts';
import { momentOf } from './words.ts';

const membersPath = '/orgs/:org/members';

interface MemberRow {
  id: string;
  username: string;
  name: string;
  email: string;
  role: OrgRole;
  joined: Moment;
  isViewer: boolean;
  /** Roles that the viewer can give this member; none where the viewer may not change it. */
  roles: OrgRole[];
}

interface MembersData {
  slug: string;
  rows: MemberRow[];
  total: number;
  q: string;
  pages: ReturnType<typeof pagesOf>;
  mayInvite: boolean;
}

const view = page<MembersData>('members', membersPath);
const reads = { access: { page: 'signed-in', may: { organization: 'members:read' } } } as const;
const removes = {
  access: { page: 'signed-in', may: { organization: 'members:manage', self: 'members:leave' } },
} as const;
const manages = { access: { page: 'signed-in', may: { organization: 'members:manage' } } } as const;

/** `/orgs/:org/members`: who belongs to an organization, their roles, and taking them out of it. */
export function membersPage(app: ZodApp, context: ServerContext, csrf: preValidationHookHandler): void {
  app.get(
    membersPath,
    { config: reads, schema: { hide: true, params: orgParamsSchema, querystring: listQuery } },
    (request, reply) => sendMembers(context, request, reply, request.query, null),
  );

  app.post(
    `${membersPath}/:user/role`,
    {
      config: manages,
      schema: { hide: true, params: memberParamsSchema, body: formBody({ role: textField }) },
      preValidation: csrf,
    },
    async (request, reply) => {
      const org = found(request.organization);
      const { done, problem } = await tryForm(reply, 'The role was not changed', () => {
        const { role } = readFields(changeMemberRequestSchema, { role: request.body.role });
        return changeRole(context, org, request.params.user, role, actorOf(request));
      });
      if (problem !== null) return sendMembers(context, request, reply, firstPage, problem);
      const name = printable(done.user.display_name);
      return redirectDone(context, reply, pathOf(org), `${name} is ${withArticle(done.role)} now`);
    },
  );

  app.post(
    `${membersPath}/:user/remove`,
    {
      config: removes,
      schema: { hide: true, params: memberParamsSchema, body: formBody({}) },
      preValidation: csrf,
    },
    async (request, reply) => {
      const org = found(request.organization);
      const { problem } = await tryForm(reply, 'Nobody was removed', () =>
        removeMember(context, org, request.params.user, actorOf(request)),
      );
      if (problem !== null) return sendMembers(context, request, reply, firstPage, problem);
      if (request.params.user === callerOf(request).principal.id)
        return redirectDone(context, reply, '/orgs', `You have left ${org.slug}`);
      return redirectDone(
        context,
        reply,
        pathOf(org),
        'The member is removed',
        'Their API keys and sign-ins here have ended.',
      );
    },
  );
}

const firstPage = { q: '', after: '' };

function pathOf({ slug }: FoundOrganization): string {
  return membersPath.replace(':org', slug);
}

function withArticle(role: OrgRole): string {
  return /^[aeiou]/.test(role) ? `an ${role}` : `a ${role}`;
}

async function sendMembers(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  query: z.output<typeof listQuery>,
  problem: Problem | null,
): Promise<FastifyReply> {
  const org = found(request.organization);
  const { members, total, next } = await listMembers(context, org, {
    limit: rowsOfPage,
    after: query.after,
    search: query.q,
  });
  const { kind } = await readOrganization(context.db, org);
  const viewer = callerOf(request).principal.id;
  const mayDo = actionsOfRole(org.role);
  const rolesFor = ({ user, role }: Member): OrgRole[] =>
    !mayDo.has('members:manage') || user.id === viewer || !mayGive(org.role, role)
      ? []
      : orgRoleSchema.options.filter((each) => mayGive(org.role, each));
  return sendPage(context, request, reply, view, {
    title: 'Members',
    notice: problem?.notice ?? null,
    slug: org.slug,
    rows: members.map((member) => ({
      id: member.user.id,
      username: member.user.username,
      name: printable(member.user.display_name),
      email: member.user.email,
      role: member.role,
      joined: momentOf(member.joined_at, context.now()),
      isViewer: member.user.id === viewer,
      roles: rolesFor(member),
    })),
    ...{ total, q: query.q, pages: pagesOf(pathOf(org), query, next) },
    mayInvite: kind === 'team' && mayDo.has('invitations:manage'),
  });
}
