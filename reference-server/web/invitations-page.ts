import type { FastifyReply, FastifyRequest, preValidationHookHandler } from 'fastify';
import type { z } from 'zod';
import {
  invitationParamsSchema,
  inviteRequestSchema,
} from '../../contracts/server-api/kisenon/invitations.ts';
import type { InviteAnswer } from '../../contracts/server-api/kisenon/invitations.ts';
import { orgParamsSchema } from '../../contracts/server-api/kisenon/organizations.ts';
import { found } from '../access/require-right.ts';
import { actorOf } from '../access/route-access.ts';
import type { ServerContext } from '../context.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { invite, listInvitations, resendInvitation, revokeInvitation } from '../identity/invitations.ts';
import { readOrganization } from '../identity/organizations.ts';
import { redirectDone } from './done-notice.ts';
import { formBody, readFields, textField, tryForm } from './forms.ts';
import type { Problem } from './forms.ts';
import { listQuery, pagesOf, rowsOfPage } from './list-page.ts';
import { sendPage } from './send-page.ts';
import type { Moment } from './view-helpers.ts';
import { page } from './views.ts';
import type { Notice } from './views.ts';
import { momentOf } from './words.ts';

const invitationsPath = '/orgs/:org/invitations';

interface Typed {
  emails: string;
  role: string;
}

/** What became of addresses, as far as there is more to say than that they were invited. */
interface Outcome {
  /** To hand on by oneself, as this server sends no mail. */
  links: { email: string; link: string }[];
  unsent: string[];
  refused: { email: string; words: string }[];
}

interface InvitationsData {
  slug: string;
  kind: 'personal' | 'team';
  rows: { id: string; email: string; role: string; by: string; sent: Moment; ends: Moment }[];
  q: string;
  pages: ReturnType<typeof pagesOf>;
  typed: Typed;
  errors: Problem['errors'];
  outcome: Outcome | null;
}

const view = page<InvitationsData>('invitations', invitationsPath);
const reads = { access: { page: 'signed-in', may: { organization: 'invitations:read' } } } as const;
const manages = { access: { page: 'signed-in', may: { organization: 'invitations:manage' } } } as const;
const nothingTyped = { emails: '', role: 'member' };

/** `/orgs/:org/invitations`: inviting people, and the invitations that are open. */
export function invitationsPage(app: ZodApp, context: ServerContext, csrf: preValidationHookHandler): void {
  app.get(
    invitationsPath,
    { config: reads, schema: { hide: true, params: orgParamsSchema, querystring: listQuery } },
    (request, reply) => sendInvitationsPage(context, request, reply, { query: request.query }),
  );

  app.post(
    invitationsPath,
    {
      config: manages,
      schema: {
        hide: true,
        params: orgParamsSchema,
        body: formBody({ emails: textField, role: textField }),
      },
      preValidation: csrf,
    },
    async (request, reply) => {
      const { emails, role } = request.body;
      const { done, problem } = await tryForm(reply, 'Nobody was invited', () => {
        const asked = readFields(inviteRequestSchema, { emails: addressesIn(emails), role });
        return invite(context, found(request.organization), asked, actorOf(request));
      });
      if (problem !== null) {
        return sendInvitationsPage(context, request, reply, { problem, typed: { emails, role } });
      }
      const outcome = outcomeOf(done);
      const title = invitedWords(done.invited.length);
      if (outcome === null) return redirectDone(context, reply, pathOf(request), title);
      const notice = { tone: done.invited.length > 0 ? 'good' : 'warning', title, text: '' } as const;
      return sendInvitationsPage(context, request, reply, { notice, outcome });
    },
  );

  app.post(
    `${invitationsPath}/:id/resend`,
    {
      config: manages,
      schema: { hide: true, params: invitationParamsSchema, body: formBody({}) },
      preValidation: csrf,
    },
    async (request, reply) => {
      const { done, problem } = await tryForm(reply, 'It was not sent again', () =>
        resendInvitation(context, found(request.organization), request.params.id, actorOf(request)),
      );
      if (problem !== null) return sendInvitationsPage(context, request, reply, { problem });
      const title = 'The invitation has a new link';
      const outcome = outcomeOf({ invited: [done], refused: [] });
      if (outcome !== null) {
        const notice = { tone: 'good', title, text: 'The earlier link ended.' } as const;
        return sendInvitationsPage(context, request, reply, { notice, outcome });
      }
      const text = `It was sent to ${done.email} and holds for 7 days. The earlier link ended.`;
      return redirectDone(context, reply, pathOf(request), title, text);
    },
  );

  app.post(
    `${invitationsPath}/:id/revoke`,
    {
      config: manages,
      schema: { hide: true, params: invitationParamsSchema, body: formBody({}) },
      preValidation: csrf,
    },
    async (request, reply) => {
      const { problem } = await tryForm(reply, 'It was not revoked', () =>
        revokeInvitation(context, found(request.organization), request.params.id, actorOf(request)),
      );
      if (problem !== null) return sendInvitationsPage(context, request, reply, { problem });
      return redirectDone(context, reply, pathOf(request), 'The invitation is revoked', 'Its link is dead.');
    },
  );
}

function pathOf(request: FastifyRequest): string {
  return invitationsPath.replace(':org', found(request.organization).slug);
}

/** The addresses in what was pasted: one a line, with commas or semicolons, also as `Maya Chen <maya@acme.example>`. */
export function addressesIn(text: string): string[] {
  return text.split(/[,;\n]/).flatMap((entry) => {
    const [, inBrackets] = /<([^<>]*)>/.exec(entry) ?? [];
    return inBrackets === undefined ? entry.split(/\s+/).filter((word) => word !== '') : [inBrackets.trim()];
  });
}

function invitedWords(count: number): string {
  if (count === 0) return 'Nobody was invited';
  return count === 1 ? '1 invitation is made' : `${String(count)} invitations are made`;
}

/** Null: all went out, and none was refused. */
function outcomeOf({ invited, refused }: InviteAnswer): Outcome | null {
  const unsent = invited.filter(({ sent }) => !sent);
  if (unsent.length === 0 && refused.length === 0) return null;
  const words = { member: 'is a member already', invited: 'has an open invitation: send that one again' };
  return {
    links: unsent.flatMap(({ email, link }) => (link === undefined ? [] : [{ email, link }])),
    unsent: unsent.filter(({ link }) => link === undefined).map(({ email }) => email),
    refused: refused.map(({ email, reason }) => ({ email, words: words[reason] })),
  };
}

interface Shown {
  query?: z.output<typeof listQuery>;
  problem?: Problem;
  notice?: Notice;
  typed?: Typed;
  outcome?: Outcome;
}

async function sendInvitationsPage(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  { query = { q: '', after: '' }, problem, notice, typed = nothingTyped, outcome }: Shown,
): Promise<FastifyReply> {
  const org = found(request.organization);
  const page = { limit: rowsOfPage, after: query.after, search: query.q };
  const { invitations, next } = await listInvitations(context, org, page);
  const { kind } = await readOrganization(context.db, org);
  const now = context.now();
  return sendPage(context, request, reply, view, {
    title: 'Invitations',
    notice: problem?.notice ?? notice ?? null,
    rows: invitations.map(({ id, email, role, invited_by, created_at, expires_at }) => ({
      ...{ id, email, role, by: invited_by ?? 'somebody who is gone' },
      sent: momentOf(created_at, now),
      ends: momentOf(expires_at, now),
    })),
    ...{ q: query.q, pages: pagesOf(pathOf(request), query, next) },
    ...{ slug: org.slug, kind, typed, errors: problem?.errors ?? {}, outcome: outcome ?? null },
  });
}
