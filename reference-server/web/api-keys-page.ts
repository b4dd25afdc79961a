import type { FastifyReply, FastifyRequest, preValidationHookHandler } from 'fastify';
import { z } from 'zod';
import { apiKeyWords } from '../../contracts/domain/api-key-words.ts';
import { printable } from '../../contracts/domain/printable.ts';
import {
  apiKeyParamsSchema,
  renameApiKeyRequestSchema,
} from '../../contracts/server-api/kisenon/api-keys.ts';
import type { ApiKey } from '../../contracts/server-api/kisenon/api-keys.ts';
import { orgParamsSchema } from '../../contracts/server-api/kisenon/organizations.ts';
import { actionsOfRole } from '../access/decide-action.ts';
import type { OrganizationAction } from '../../contracts/server-api/kisenon/organization-actions.ts';
import { found } from '../access/require-right.ts';
import { actorOf, callerOf } from '../access/route-access.ts';
import type { ServerContext } from '../context.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { renameApiKey, revokeApiKey } from '../identity/api-key-changes.ts';
import { listApiKeys, soonDays } from '../identity/api-key-list.ts';
import { redirectDone } from './done-notice.ts';
import { formBody, readFields, textField, tryForm } from './forms.ts';
import type { Problem } from './forms.ts';
import { listQuery, pagesOf, rowsOfPage } from './list-page.ts';
import { sendPage } from './send-page.ts';
import type { Moment } from './view-helpers.ts';
import { page } from './views.ts';
import { dayWords, momentOf } from './words.ts';

export const apiKeysPagePath = '/orgs/:org/keys';

interface ApiKeyRow {
  id: string;
  name: string;
  prefix: string;
  words: string;
  inert: boolean;
  creator: string;
  created: Moment;
  lastUsed: { at: Moment; by: string } | null;
  ends: Moment | null;
  endsSoon: boolean;
  mayChange: boolean;
}

interface ApiKeysData {
  slug: string;
  rows: ApiKeyRow[];
  q: string;
  filter: string;
  /** The addresses of the filters. */
  filters: { label: string; href: string; current: boolean }[];
  pages: ReturnType<typeof pagesOf>;
  mayCreate: boolean;
  /** Whether keys of others are in the list. */
  all: boolean;
  errors: Problem['errors'];
  open: string | null;
  typed: string;
}

const view = page<ApiKeysData>('api-keys', apiKeysPagePath);
const params = orgParamsSchema.extend(apiKeyParamsSchema.shape);
const query = listQuery.extend({ filter: z.enum(['', 'never-used', 'ends-soon']).catch('').default('') });

function access(organization: OrganizationAction) {
  return { access: { page: 'signed-in', may: { organization } } } as const;
}

/** `/orgs/:org/keys`: the API keys of an organization that the viewer may see, renaming and revoking them. */
export function apiKeysPage(app: ZodApp, context: ServerContext, csrf: preValidationHookHandler): void {
  app.get(
    apiKeysPagePath,
    { config: access('api-keys:read'), schema: { hide: true, params: orgParamsSchema, querystring: query } },
    (request, reply) => sendApiKeys(context, request, reply, { asked: request.query }),
  );

  app.post(
    `${apiKeysPagePath}/:id/rename`,
    {
      config: access('api-keys:manage'),
      schema: { hide: true, params, body: formBody({ name: textField }) },
      preValidation: csrf,
    },
    async (request, reply) => {
      const { id } = request.params;
      const typed = request.body.name.trim();
      const { problem } = await tryForm(reply, 'The key was not renamed', () => {
        const { name } = readFields(renameApiKeyRequestSchema, { name: typed });
        const key = { id, others: may(request, 'api-keys:manage-all') };
        return renameApiKey(context, found(request.organization), key, name, actorOf(request));
      });
      if (problem !== null) {
        return sendApiKeys(context, request, reply, { problem, open: `rename-${id}`, typed });
      }
      return redirectDone(context, reply, pathOf(request), `It is called “${printable(typed)}” now`);
    },
  );

  app.post(
    `${apiKeysPagePath}/:id/revoke`,
    {
      config: access('api-keys:manage'),
      schema: { hide: true, params, body: formBody({}) },
      preValidation: csrf,
    },
    async (request, reply) => {
      const { problem } = await tryForm(reply, 'The key was not revoked', () => {
        const key = { id: request.params.id, others: may(request, 'api-keys:manage-all') };
        return revokeApiKey(context, found(request.organization), key, actorOf(request));
      });
      if (problem !== null) return sendApiKeys(context, request, reply, { problem });
      return redirectDone(
        context,
        reply,
        pathOf(request),
        'The key is revoked',
        'It opens nothing any more.',
      );
    },
  );
}

function may(request: FastifyRequest, action: OrganizationAction): boolean {
  return actionsOfRole(found(request.organization).role).has(action);
}

function pathOf(request: FastifyRequest): string {
  return apiKeysPagePath.replace(':org', found(request.organization).slug);
}

interface Shown {
  asked?: z.output<typeof query>;
  problem?: Problem;
  open?: string;
  typed?: string;
}

async function sendApiKeys(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  { asked = { q: '', after: '', filter: '' }, problem, open, typed = '' }: Shown,
): Promise<FastifyReply> {
  const org = found(request.organization);
  const all = may(request, 'api-keys:read-all');
  const viewer = { org, userId: callerOf(request).principal.id, all };
  const { q, after, filter } = asked;
  const { api_keys: keys, next } = await listApiKeys(context, viewer, {
    ...{ limit: rowsOfPage, after, search: q },
    filter: filter === '' ? undefined : filter,
  });
  const path = pathOf(request);
  return sendPage(context, request, reply, view, {
    title: 'API keys',
    notice: problem?.notice ?? null,
    slug: org.slug,
    rows: keys.map((key) => toRow(key, context.now(), may(request, 'api-keys:manage-all'))),
    ...{ q, filter, all, pages: pagesOf(path, asked, next) },
    filters: filtersOf(path, filter, q),
    mayCreate: may(request, 'api-keys:create'),
    ...{ errors: problem?.errors ?? {}, open: open ?? null, typed },
  });
}

function filtersOf(path: string, current: string, q: string): ApiKeysData['filters'] {
  const labels = { '': 'All', 'never-used': 'Never used', 'ends-soon': 'Ends soon' };
  return Object.entries(labels).map(([filter, label]) => {
    const said = Object.entries({ q, filter }).filter(([, value]) => value !== '');
    const asked = new URLSearchParams(said).toString();
    return { label, href: asked === '' ? path : `${path}?${asked}`, current: filter === current };
  });
}

function toRow(key: ApiKey, now: Date, mayChangeAll: boolean): ApiKeyRow {
  const { kind, targets } = key.scope;
  const soon = now.getTime() + soonDays * 24 * 3600 * 1000;
  return {
    id: key.id,
    name: printable(key.name),
    prefix: key.prefix,
    words: key.inert
      ? 'May do nothing: all that it was for has been deleted.'
      : apiKeyWords({
          ...{ org: key.org, kind, capability: key.capability },
          names: targets.flatMap(({ name }) => (name === null ? [] : [name])),
          until: key.expires_at === null ? null : dayWords(key.expires_at),
        }),
    ...{ inert: key.inert, creator: key.creator, mayChange: key.own || mayChangeAll },
    created: momentOf(key.created_at, now),
    lastUsed: key.last_used === null ? null : lastUse(key.last_used, now),
    ends: key.expires_at === null ? null : momentOf(key.expires_at, now),
    endsSoon: key.expires_at !== null && Date.parse(key.expires_at) <= soon,
  };
}

function lastUse({ at, address, program }: NonNullable<ApiKey['last_used']>, now: Date) {
  const by = [address === null ? '' : `from ${address}`, program === null ? '' : `by ${printable(program)}`];
  return { at: momentOf(at, now), by: by.filter((each) => each !== '').join(' ') };
}
