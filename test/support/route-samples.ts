import { branchListSchema, projectSchema } from '../../contracts/server-api/kisenon/projects.ts';
import type { DeclaredRoute } from '../../reference-server/access/route-access.ts';
import type { InvitationTable } from '../../reference-server/db/organization-schema.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import { hashInvitationToken } from '../../reference-server/identity/invitation-tokens.ts';
import type { LocalServer } from './local-server.ts';
import { newProgram } from './loopback-program.ts';
import { newUser } from './new-user.ts';
import { sha256 } from './oci-image.ts';
import { RepositoryClient } from './registry-client.ts';
import { call, signIn } from './server-client.ts';

/** What is there to ask a server's routes for. */
interface Samples {
  blob: string;
  /** A user who is none of the callers. */
  bystander: string;
  project: { project: string; branch: string };
}

/** An address and a body for every route, that change nothing where somebody is let in. */
export class RouteSamples {
  readonly #server: LocalServer;
  readonly #samples: Samples;
  #made = 0;

  private constructor(server: LocalServer, samples: Samples) {
    [this.#server, this.#samples] = [server, samples];
  }

  /** Puts on the server what the addresses name: of `acme`, and nothing of the callers but maya's. */
  static async on(server: LocalServer): Promise<RouteSamples> {
    const maya = await RepositoryClient.open(server, 'maya', 'acme/web');
    const image = await maya.newImage('some');
    await maya.putManifest('v1', image);
    await inviteSomebody(server);
    const { id: bystander } = await newUser(server, { username: 'bystander' });
    const project = await newProject(server);
    return new RouteSamples(server, { blob: image.config.digest, bystander, project });
  }

  /** The id of the project that is there to read. */
  get project(): string {
    return this.#samples.project.project;
  }

  /** What stands for the parts of an address; `none` is not there, so that nobody takes it from another. */
  addressOf({ method, url }: DeclaredRoute): string {
    const { blob, bystander, project } = this.#samples;
    const isRead = reads(method);
    const parts: Record<string, string> = {
      name: 'acme/web',
      org: 'acme',
      bot: 'none',
      upload: 'none',
      kid: 'k'.repeat(43),
      id: `${idPrefix(url)}_${'a'.repeat(26)}`,
      token: invitationToken,
      provider: 'none',
      reference: isRead ? 'v1' : 'none',
      user: isRead ? bystander : `u_${'a'.repeat(26)}`,
      ...(isRead ? project : none),
      digest: isRead ? blob : sha256(Buffer.from('none')),
    };
    const address = url.replaceAll(/:(\w+)/g, (_, part: string) => {
      const sample = parts[part];
      if (sample === undefined) throw new Error(`There is no sample for :${part} of ${url}.`);
      return sample;
    });
    return address.replace('*', 'nowhere') + (queries(blob)[`${method} ${url}`] ?? '');
  }

  /** A body that a route's schema takes; null for none. */
  bodyOf({ method, url }: DeclaredRoute): object | null {
    const user = { username: 'maya', password: this.#server.user('maya').password };
    const made = () => `made-${String((this.#made += 1))}`;
    return bodies(user, made)[`${method} ${url}`]?.() ?? null;
  }
}

/** Whether nothing changes by it. */
export const reads = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** Nobody has them. */
const none = { project: `prj_${'a'.repeat(26)}`, branch: `br_${'a'.repeat(26)}` };

function idPrefix(url: string): string {
  if (/^\/(?:v1\/api-keys|orgs\/:org\/keys)\//.test(url)) return 'key';
  if (/^\/api\/v1\/users\/[^/]+\/tokens\//.test(url)) return 'tok';
  if (url.startsWith('/api/v1/groups/')) return 'grp';
  if (url.startsWith('/v1/access/requests/')) return 'req';
  if (url.startsWith('/v1/access/batches/')) return 'bat';
  if (url.startsWith('/v1/access/templates/')) return 'tpl';
  return url.includes('/invitations/') ? 'inv' : 'g';
}

/** Queries without which a route refuses the address. */
function queries(blob: string): Record<string, string> {
  return {
    'GET /api/v1/permissions': '?repository_id=none',
    'HEAD /api/v1/permissions': '?repository_id=none',
    // The operations ask for the right on what these name.
    ...accessQueries('/v1/access/matrix', '?org=none'),
    ...accessQueries('/v1/access/grants', '?org=none'),
    ...accessQueries('/v1/access/requests', '?org=none'),
    ...accessQueries('/v1/access/batches', '?org=none'),
    ...accessQueries('/v1/access/review', '?org=none'),
    ...accessQueries('/v1/access/credentials', '?credential=api-key:none'),
    ...accessQueries('/v1/access/templates', '?org=none'),
    ...accessQueries('/v1/access/defaults', '?org=none'),
    ...accessQueries('/v1/access/explain', '?repository=none/none&principal=bot:none/none'),
    'PUT /v2/:name/blobs/uploads/:upload': `?digest=${blob}`,
    'GET /cli/authorize': `?${new URLSearchParams(newProgram().query).toString()}`,
    'HEAD /cli/authorize': `?${new URLSearchParams(newProgram().query).toString()}`,
  };
}

const changesNowhere = {
  org: 'none',
  changes: [{ principal: 'bot:none/none', repository: 'none/none', actions: [] }],
};

const templateOfNowhere = {
  name: 'none',
  lines: [{ repositories: 'none/*', actions: ['read'], days: null }],
};

const accessQueries = (path: string, query: string) => ({ [`GET ${path}`]: query, [`HEAD ${path}`]: query });

/** @param made - Gives a name that nothing has. */
function bodies(
  user: { username: string; password: string },
  made: () => string,
): Record<string, () => object> {
  return {
    'POST /v1/auth/login': () => user,
    'POST /v1/auth/exchange': () => ({ provider: 'none', id_token: 'x' }),
    'POST /v1/auth/switch-org': () => ({ org: 'none' }),
    'POST /v1/api-keys': () => ({ name: 'made', scope: { kind: 'project', ids: [none.project] } }),
    'POST /v1/api-keys/': () => ({ name: 'made', scope: { kind: 'project', ids: [none.project] } }),
    'PATCH /v1/api-keys/:id': () => ({ name: 'none' }),
    'POST /v1/projects': () => ({ name: made() }),
    'PATCH /v1/projects/:project': () => ({ name: 'none' }),
    'POST /v1/projects/:project/branches': () => ({ name: 'none' }),
    'PATCH /v1/projects/:project/branches/:branch': () => ({ name: 'none' }),
    'POST /v1/keys': () => ({ registration_token: 'x' }),
    'POST /v1/keys/rotate': () => ({ registration_token: 'x', rotation_token: 'x' }),
    // The slug is the server's own.
    'POST /v1/orgs': () => ({ name: 'Ours', slug: 'api' }),
    'PATCH /v1/orgs/:org': () => ({ name: 'Acme' }),
    'POST /v1/orgs/:org/transfer': () => ({ user_id: `u_${'a'.repeat(26)}` }),
    'PATCH /v1/orgs/:org/members/:user': () => ({ role: 'viewer' }),
    'POST /v1/orgs/:org/invitations': () => ({ emails: ['jonas@acme.example'] }),
    'POST /v1/orgs/:org/bots': () => ({ name: made() }),
    'POST /v1/orgs/:org/bots/:bot/keys': () => ({ registration_token: 'x' }),
    'POST /v1/access/requests': () => ({ repository: 'none/none', actions: ['read'], reason: 'none' }),
    'POST /v1/access/requests/:id/approve': () => ({ replaces: null }),
    'POST /v1/access/requests/:id/decline': () => ({ reason: 'none' }),
    'POST /v1/access/templates': () => ({ org: 'none', ...templateOfNowhere }),
    'PUT /v1/access/defaults': () => ({ org: 'none', replaces: null, grants: [] }),
    'PUT /v1/access/templates/:id': () => ({ replaces: '2026-01-01T00:00:00Z', ...templateOfNowhere }),
    'POST /v1/repos/:name/authorizations': () => ({ bot: 'none', permission: 'reader' }),
    'POST /api/v1/auth/login': () => user,
    'POST /api/v1/auth/refresh': () => ({ refresh_token: 'x' }),
    'POST /api/v1/users/:user/password': () => ({ current_password: 'x', new_password: 'long enough' }),
    'POST /api/v1/auth/logout': () => ({ refresh_token: 'x' }),
    // Too short: only the guard is asked here.
    'POST /api/v1/users/me/password': () => ({ current_password: 'x', new_password: 'x' }),
    'POST /api/v1/users': () => ({ username: 'maya', email: 'maya@acme.example' }),
    'PATCH /api/v1/users/:user': () => ({ display_name: 'none' }),
    'POST /api/v1/users/me/tokens': () => ({ name: 'made', scopes: ['repository:read'] }),
    'POST /api/v1/users/:user/tokens': () => ({ name: 'made', scopes: ['repository:read'] }),
    'POST /api/v1/groups': () => ({ name: 'none' }),
    'PUT /api/v1/groups/:id': () => ({ name: 'none' }),
    'PATCH /api/v1/groups/:id': () => ({ name: 'none' }),
    'POST /api/v1/groups/:id/members': () => ({ user_ids: [`u_${'a'.repeat(26)}`] }),
    'DELETE /api/v1/groups/:id/members': () => ({ user_ids: [`u_${'a'.repeat(26)}`] }),
    // The operation asks for the right on what its body names.
    'POST /api/v1/permissions': () => ({ repository_id: 'none' }),
    'PUT /api/v1/permissions/:id': () => ({ repository_id: 'none' }),
    // The operations ask for the right on what the body names.
    'POST /v1/access/preview': () => changesNowhere,
    'POST /v1/access/batches': () => changesNowhere,
    'POST /login': () => user,
    // Wrong: only the guard is asked here.
    'POST /password': () => ({ current_password: 'x', new_password: 'x' }),
    'POST /dashboard/keys': () => ({ registration_token: 'x' }),
    'POST /cli/authorize': () => ({ ...newProgram().query, answer: 'cancel' }),
  };
}

const invitationToken = 'x'.repeat(43);

/** An invitation to none of the callers, by a link that is known. */
async function inviteSomebody(server: LocalServer): Promise<void> {
  const { id: org_id } = await server.context.db
    .selectFrom('organizations')
    .select('id')
    .where('slug', '=', 'acme')
    .executeTakeFirstOrThrow();
  const row: InvitationTable = {
    id: newId('inv'),
    org_id,
    email: 'somebody@acme.example',
    role: 'member',
    token_hash: hashInvitationToken(invitationToken),
    invited_by: server.user('maya').id,
    created_at: new Date().toISOString(),
    expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    ended_at: null,
    ended_as: null,
  };
  await server.context.write({}, (tx) => tx.insertInto('invitations').values(row).execute());
}

async function newProject(server: LocalServer): Promise<Samples['project']> {
  const token = await signIn(server, 'maya');
  const { body } = await call(server, '/v1/projects', { token, body: { name: 'shop' } });
  const { id } = projectSchema.parse(body);
  const branches = await call(server, `/v1/projects/${id}/branches`, { token });
  const [branch] = branchListSchema.parse(branches.body).branches;
  return { project: id, branch: branch?.id ?? '' };
}
