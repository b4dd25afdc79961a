import type { FastifyReply, FastifyRequest, preValidationHookHandler } from 'fastify';
import { printable } from '../../contracts/domain/printable.ts';
import { orgParamsSchema, renameOrgRequestSchema } from '../../contracts/server-api/kisenon/organizations.ts';
import type { OrgContents } from '../../contracts/server-api/kisenon/organizations.ts';
import type { OrganizationAction } from '../../contracts/server-api/kisenon/organization-actions.ts';
import { actionsOfRole } from '../access/decide-action.ts';
import { found } from '../access/require-right.ts';
import { actorOf, callerOf } from '../access/route-access.ts';
import type { ServerContext } from '../context.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { listMembers, requireMemberCalled, transferOrganization } from '../identity/memberships.ts';
import {
  deleteOrganization,
  organizationContents,
  readOrganization,
  renameOrganization,
} from '../identity/organizations.ts';
import { redirectDone } from './done-notice.ts';
import { formBody, readFields, requireTyped, textField, tryForm } from './forms.ts';
import type { Problem } from './forms.ts';
import { sendPage } from './send-page.ts';
import type { Moment } from './view-helpers.ts';
import { page } from './views.ts';
import { momentOf } from './words.ts';

const settingsPath = '/orgs/:org/settings';

interface SettingsData {
  slug: string;
  /** Id of the viewer, who can leave. */
  viewerId: string;
  name: string;
  kind: 'personal' | 'team';
  created: Moment;
  may: { rename: boolean; transfer: boolean; leave: boolean; delete: boolean };
  /** What the name's field has. */
  typed: string;
  /** Whom it can be handed over to: not all, where there are very many. */
  heirs: { username: string; name: string }[];
  /** Who was typed to be the new owner. */
  heir: string;
  /** What is lost with it, in words; empty where the viewer may not delete it. */
  losses: string[];
  errors: Problem['errors'];
  /** The dialog that is open, as its form was refused. */
  open: 'delete' | 'transfer' | null;
}

const view = page<SettingsData>('org-settings', settingsPath);

function access(organization: OrganizationAction) {
  return { access: { page: 'signed-in', may: { organization } } } as const;
}

/** `/orgs/:org/settings`: its name, and the ends: handing over, leaving, deleting. */
export function orgSettingsPage(app: ZodApp, context: ServerContext, csrf: preValidationHookHandler): void {
  const params = orgParamsSchema;

  app.get(
    settingsPath,
    { config: access('organization:read'), schema: { hide: true, params } },
    (request, reply) => sendSettings(context, request, reply, null),
  );

  app.post(
    `${settingsPath}/rename`,
    {
      config: access('organization:rename'),
      schema: { hide: true, params, body: formBody({ name: textField }) },
      preValidation: csrf,
    },
    async (request, reply) => {
      const typed = request.body.name.trim();
      const { done, problem } = await tryForm(reply, 'The organization was not renamed', () => {
        const { name } = readFields(renameOrgRequestSchema, { name: typed });
        return renameOrganization(context, found(request.organization), name, actorOf(request));
      });
      if (problem !== null) return sendSettings(context, request, reply, problem, { typed });
      return redirectDone(context, reply, pathOf(request), `It is called “${printable(done.name)}” now`);
    },
  );

  app.post(
    `${settingsPath}/transfer`,
    {
      config: access('organization:transfer'),
      schema: { hide: true, params, body: formBody({ heir: textField }) },
      preValidation: csrf,
    },
    async (request, reply) => {
      const org = found(request.organization);
      const heir = request.body.heir.trim();
      const { problem } = await tryForm(reply, 'The organization was not handed over', async () => {
        const id = await requireMemberCalled(context.db, org, heir);
        return transferOrganization(context, org, id, actorOf(request));
      });
      if (problem !== null) return sendSettings(context, request, reply, problem, { open: 'transfer', heir });
      return redirectDone(
        context,
        reply,
        pathOf(request),
        'It is handed over',
        'You are an admin of it now.',
      );
    },
  );

  app.post(
    `${settingsPath}/delete`,
    {
      config: access('organization:delete'),
      schema: { hide: true, params, body: formBody({ typed: textField }) },
      preValidation: csrf,
    },
    async (request, reply) => {
      const org = found(request.organization);
      const { problem } = await tryForm(reply, 'The organization was not deleted', async () => {
        requireTyped(request.body.typed, org.slug);
        await deleteOrganization(context, org, actorOf(request));
      });
      if (problem !== null) return sendSettings(context, request, reply, problem, { open: 'delete' });
      return redirectDone(context, reply, '/orgs', `${org.slug} is deleted`);
    },
  );
}

function pathOf(request: FastifyRequest): string {
  return settingsPath.replace(':org', found(request.organization).slug);
}

async function sendSettings(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem | null,
  { typed, open = null, heir = '' }: Partial<Pick<SettingsData, 'typed' | 'open' | 'heir'>> = {},
): Promise<FastifyReply> {
  const org = found(request.organization);
  const { name, kind, created_at } = await readOrganization(context.db, org);
  const mayDo = actionsOfRole(org.role);
  const isTeam = kind === 'team';
  const may = {
    rename: mayDo.has('organization:rename'),
    transfer: isTeam && mayDo.has('organization:transfer'),
    leave: isTeam,
    delete: isTeam && mayDo.has('organization:delete'),
  };
  return sendPage(context, request, reply, view, {
    title: 'Settings',
    notice: problem?.notice ?? null,
    ...{ slug: org.slug, viewerId: callerOf(request).principal.id, name: printable(name), kind, may, open },
    created: momentOf(created_at, context.now()),
    ...{ typed: typed ?? name, heir },
    heirs: may.transfer ? await heirsOf(context, request) : [],
    losses: may.delete ? lossWords(await organizationContents(context.db, org, context.now())) : [],
    errors: problem?.errors ?? {},
  });
}

async function heirsOf(context: ServerContext, request: FastifyRequest): Promise<SettingsData['heirs']> {
  const org = found(request.organization);
  const { members } = await listMembers(context, org, { limit: 200, after: '', search: '' });
  return members
    .filter(({ user }) => user.id !== callerOf(request).principal.id)
    .map(({ user, role }) => ({
      username: user.username,
      name: `${printable(user.display_name)} (${role})`,
    }));
}

/** `3 projects with their branches`, and so on; what there is none of is left out. */
function lossWords(contents: OrgContents): string[] {
  const words: [keyof OrgContents, string, string][] = [
    ['repositories', 'repository with its images', 'repositories with their images'],
    ['projects', 'project with its branches', 'projects with their branches'],
    ['api_keys', 'API key, which stops working', 'API keys, which stop working'],
    ['bots', 'bot with its keys', 'bots with their keys'],
    ['invitations', 'open invitation', 'open invitations'],
    ['members', 'membership', 'memberships'],
  ];
  return words
    .filter(([what]) => contents[what] > 0)
    .map(
      ([what, one, more]) => `${contents[what].toLocaleString('en')} ${contents[what] === 1 ? one : more}`,
    );
}
