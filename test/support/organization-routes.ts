import type { OrgRole } from '../../contracts/server-api/primitives.ts';

/** Which API keys a route takes, by what they are for. */
export type Reach =
  /** Each, also one of which nothing is left. */
  | 'any key'
  /** Each of which something is left: the answer shows no more than that. */
  | 'any scope'
  /** For everything in the organization, or the project of the address. */
  | 'its project'
  /** The same, or a branch in that project. */
  | 'in its project'
  /** The same, or the branch of the address. */
  | 'its branch'
  /** For everything in the organization. */
  | 'the organization'
  /** None: people, and keys that sign tokens, are asked for. */
  | 'no key';

/** What a route takes, in plain words. */
export interface RouteLine {
  /** The least role; null where the role does not matter. */
  role: OrgRole | null;
  capabilities: readonly ('read' | 'agent' | 'read_write')[];
  reach: Reach;
  /** A body, a query and headers that the route's schemas take. */
  body?: object;
  query?: string;
  headers?: Readonly<Record<string, string>>;
  /** It is about a repository, which members may know only with a right on it. */
  repository?: true;
  /**
   * It is about access to all of an organization's repositories: members are told that it is for owners, and owners that
   * another credential is needed, whatever is narrow about theirs.
   */
  access?: true;
  /** What it names is not there for any other role or credential. */
  hidden?: true;
  /** It asks for the right within its change alone. */
  inside?: true;
}

const everything = ['read', 'agent', 'read_write'] as const;
const reading = ['read', 'read_write'] as const;
const agents = ['agent', 'read_write'] as const;
const changing = ['read_write'] as const;
const nobody = { role: null, capabilities: [], reach: 'no key' } as const;
const bot = { role: 'admin', capabilities: changing, reach: 'the organization' } as const;
const repository = {
  role: 'owner',
  capabilities: changing,
  reach: 'the organization',
  repository: true,
} as const;
const access = {
  role: 'owner',
  capabilities: changing,
  reach: 'the organization',
  access: true,
  query: '?org=acme',
} as const;
const lines = [{ repositories: 'acme/*', actions: ['read'], days: null }];
const change = { principal: 'bot:acme/ci', repository: 'acme/web', actions: ['read'] };
const batch = { ...access, query: '', body: { org: 'acme', changes: [change] } };

/** Id of an API key of somebody who is none of the callers. */
export const keyOfAnother = `key_${'b'.repeat(26)}`;

/** Every route of the API. It is written down on its own, so that the server's own table has something to be held against. */
export const organizationRoutes: Readonly<Record<string, RouteLine>> = {
  'GET /v1/whoami': { role: null, capabilities: everything, reach: 'any key' },
  'GET /v1/orgs': { role: null, capabilities: everything, reach: 'any key' },
  // Shows public ones alone to narrow keys and agents.
  'GET /v1/repos': { role: null, capabilities: everything, reach: 'any key' },

  'POST /v1/auth/logout': nobody,
  'POST /v1/auth/switch-org': { ...nobody, body: { org: 'none' } },
  'GET /v1/keys': nobody,
  'POST /v1/keys': { ...nobody, body: { registration_token: 'x' } },
  'DELETE /v1/keys/:kid': nobody,
  'GET /v1/pending': nobody,
  'POST /v1/pending/:user/approve': { ...nobody, body: {} },
  'POST /v1/pending/:user/deny': { ...nobody, body: {} },
  'POST /v1/pending/:user/undo': nobody,
  'POST /v1/orgs': { ...nobody, body: { name: 'Ours' } },
  'GET /v1/invitations/:token': nobody,
  'POST /v1/invitations/:token/accept': nobody,

  'GET /v1/orgs/:org': { role: 'viewer', capabilities: reading, reach: 'the organization' },
  'PATCH /v1/orgs/:org': { ...bot, body: { name: 'Acme' } },
  'DELETE /v1/orgs/:org': { ...bot, role: 'owner' },
  'GET /v1/orgs/:org/contents': { ...bot, role: 'owner' },
  'POST /v1/orgs/:org/transfer': { ...bot, role: 'owner', body: { user_id: `u_${'a'.repeat(26)}` } },
  'GET /v1/orgs/:org/members': { role: 'viewer', capabilities: reading, reach: 'the organization' },
  'PATCH /v1/orgs/:org/members/:user': { ...bot, body: { role: 'viewer' } },
  'DELETE /v1/orgs/:org/members/:user': bot,
  'GET /v1/orgs/:org/invitations': { ...bot, capabilities: reading },
  'POST /v1/orgs/:org/invitations': { ...bot, body: { emails: ['new@acme.example'] } },
  'POST /v1/orgs/:org/invitations/:id/resend': bot,
  'DELETE /v1/orgs/:org/invitations/:id': bot,

  'GET /v1/orgs/:org/bots': { ...bot, capabilities: reading },
  'POST /v1/orgs/:org/bots': { ...bot, body: { name: 'made' } },
  'DELETE /v1/orgs/:org/bots/:bot': bot,
  'POST /v1/orgs/:org/bots/:bot/keys': { ...bot, body: { registration_token: 'x' } },
  'DELETE /v1/orgs/:org/bots/:bot/keys/:kid': bot,

  'GET /v1/repos/:name/authorizations': repository,
  'POST /v1/repos/:name/authorizations': { ...repository, body: { bot: 'ci', permission: 'reader' } },
  'DELETE /v1/repos/:name/authorizations/:id': repository,

  // Shows nothing where nothing may be changed.
  'GET /v1/access/organizations': { role: null, capabilities: everything, reach: 'any key' },
  'GET /v1/access/matrix': access,
  'GET /v1/access/grants': access,
  'GET /v1/access/explain': { ...repository, query: '?principal=bot:acme/ci&repository=acme/web' },
  // For whoever is shown the key in the list of keys.
  'GET /v1/access/credentials': {
    ...{ role: 'admin', capabilities: reading, reach: 'the organization', hidden: true },
    query: `?credential=api-key:${keyOfAnother}`,
  },
  'GET /v1/access/review': access,
  'POST /v1/access/preview': batch,
  'GET /v1/access/batches': access,
  'POST /v1/access/batches': { ...batch, headers: { 'if-match': '"1"' }, inside: true },
  'POST /v1/access/batches/:id/undo': {
    ...{ role: 'owner', capabilities: changing, reach: 'the organization', hidden: true, inside: true },
  },
  'GET /v1/access/templates': access,
  'POST /v1/access/templates': { ...access, query: '', body: { org: 'acme', name: 'made', lines } },
  'PUT /v1/access/templates/:id': {
    ...{ ...access, query: '', body: { replaces: '2026-01-01T00:00:00Z', name: 'other', lines } },
  },
  'DELETE /v1/access/templates/:id': { ...access, query: '' },
  'GET /v1/access/defaults': access,
  'PUT /v1/access/defaults': {
    ...{ ...access, query: '', body: { org: 'acme', replaces: null, grants: [] } },
  },
  'POST /v1/access/requests': {
    ...{ ...nobody, body: { repository: 'acme/web', actions: ['read'], reason: 'to see it' } },
  },
  'GET /v1/access/requests': access,
  'DELETE /v1/access/requests/:id': nobody,
  'POST /v1/access/requests/:id/approve': { ...repository, body: { replaces: null } },
  'POST /v1/access/requests/:id/decline': { ...repository, body: { reason: 'no' } },

  'GET /v1/audit': { role: 'owner', capabilities: reading, reach: 'the organization' },
  'POST /v1/audit/verify': { role: 'owner', capabilities: reading, reach: 'the organization' },
  'GET /v1/events': { role: 'viewer', capabilities: reading, reach: 'the organization' },

  'GET /v1/api-keys': { role: 'viewer', capabilities: reading, reach: 'the organization' },
  'GET /v1/api-keys/': { role: 'viewer', capabilities: reading, reach: 'the organization' },
  'POST /v1/api-keys': { ...bot, role: 'member', body: { name: 'made' } },
  'POST /v1/api-keys/': { ...bot, role: 'member', body: { name: 'made' } },
  'PATCH /v1/api-keys/:id': { ...bot, role: 'viewer', body: { name: 'other' } },
  'DELETE /v1/api-keys/:id': { ...bot, role: 'viewer' },

  'GET /v1/projects': { role: 'viewer', capabilities: everything, reach: 'any scope' },
  'POST /v1/projects': { ...bot, role: 'member', body: { name: 'made' } },
  'GET /v1/projects/:project': { role: 'viewer', capabilities: everything, reach: 'in its project' },
  'PATCH /v1/projects/:project': {
    ...{ role: 'member', capabilities: changing, reach: 'its project', body: { name: 'other' } },
  },
  'DELETE /v1/projects/:project': { role: 'admin', capabilities: changing, reach: 'its project' },
  'GET /v1/projects/:project/api-keys': { role: 'admin', capabilities: reading, reach: 'the organization' },
  'GET /v1/projects/:project/events': { role: 'viewer', capabilities: everything, reach: 'its project' },
  'GET /v1/projects/:project/branches': { role: 'viewer', capabilities: everything, reach: 'in its project' },
  'POST /v1/projects/:project/branches': {
    ...{ role: 'member', capabilities: agents, reach: 'its project', body: { name: 'made' } },
  },
  'GET /v1/projects/:project/branches/:branch': {
    ...{ role: 'viewer', capabilities: everything, reach: 'its branch' },
  },
  'PATCH /v1/projects/:project/branches/:branch': {
    ...{ role: 'member', capabilities: changing, reach: 'its branch', body: { name: 'other' } },
  },
  'DELETE /v1/projects/:project/branches/:branch': {
    ...{ role: 'member', capabilities: agents, reach: 'its branch' },
  },
};
