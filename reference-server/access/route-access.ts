import type { FastifyInstance, FastifyRequest, preHandlerHookHandler } from 'fastify';
import type { RepositoryAction } from '../../contracts/server-api/repositories.ts';
import type { TokenScope } from '../../contracts/server-api/artifact-keeper/scopes.ts';
import { printable } from '../../contracts/domain/printable.ts';
import type { Caller, Method, Source } from '../auth/caller.ts';
import type { OpenTo } from '../auth/standing.ts';
import { ApiError } from '../http/api-error.ts';
import type { OrganizationAction } from '../../contracts/server-api/kisenon/organization-actions.ts';
import type { Actor } from '../db/write.ts';

/** What is about a server as a whole. */
export type ServerAction = 'read-audit' | 'decide-accounts' | 'administer';

/** What a caller must be allowed to do, beside being signed in: of the thing that the address names. */
export type Need =
  | { repository: RepositoryAction }
  /**
   * `self` instead, where the address names the caller as the user. `itself`: whoever belongs to the organization, where the
   * address names the API key that the caller uses.
   */
  | { organization: OrganizationAction; self?: OrganizationAction; itself?: true }
  | { key: 'revoke' }
  /** `self`: also who is named by the address as the user. */
  | { server: ServerAction; self?: true }
  /** Be whom the address names as the user. */
  | { user: 'self' };

/** What a route of an API needs: a caller with a credential of one of these methods, who `may` do something. */
export interface ApiAccess extends OpenTo {
  caller: readonly Method[];
  may?: Need;
  /** What an API token has to be good for; where nothing is said, `admin` for what a caller `may` beyond a repository. */
  scope?: TokenScope;
}

/** What a page needs, as `ApiAccess`. Without a session, a `signed-in` page leads to the sign-in. */
interface PageAccess extends OpenTo {
  page: 'anybody' | 'signed-in';
  may?: Need;
}

/**
 * What a route under `/v2` needs: any registry token (`any-token`), one for the list of repositories (`catalog`), or
 * one for the repository that the address names. The route that gives tokens takes `credentials`, or none.
 */
export interface RegistryAccess {
  registry: 'credentials' | 'any-token' | 'catalog' | 'pull' | 'push' | 'delete';
}

/** What a route of the keeper needs: somebody with a token, which the keeper alone knows, or nobody. */
export interface KeeperAccess {
  keeper: 'anybody' | 'authenticated';
  /** Whether it answers only while the keeper is unsealed. */
  unsealed?: true;
}

/** What a route needs, as its `config` says. `public` is open to everybody and asks nobody who they are. */
export type Access = 'public' | ApiAccess | PageAccess | RegistryAccess | KeeperAccess;

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    /** Set by a guard; null where nobody is signed in. */
    caller: Caller | null;
    /** Whether a guard has let the request in. */
    admitted: boolean;
  }
}

/** A route with what it needs. */
export interface DeclaredRoute {
  method: string;
  /** With its parameters, `/v1/keys/:kid`. */
  url: string;
  access: Access;
}

/**
 * Makes every route declare what it needs, and closes those that no guard let the request into. Call it before there
 * are routes.
 *
 * @returns The routes; it fills as they are made.
 */
export function requireDeclarations(app: FastifyInstance): readonly DeclaredRoute[] {
  const routes: DeclaredRoute[] = [];
  app.decorateRequest('caller', null);
  app.decorateRequest('admitted', false);
  app.addHook('onRoute', (route) => {
    const methods = [route.method].flat();
    const access = route.config?.access;
    if (access === undefined) {
      throw new Error(`The route ${methods.join(', ')} ${route.url} does not declare what it needs.`);
    }
    routes.push(...methods.map((method) => ({ method, url: route.url, access })));
    // A route's own hooks run after those of its plugin, where the guards are.
    route.preHandler = [route.preHandler ?? [], requireAdmission].flat();
  });
  return routes;
}

const requireAdmission: preHandlerHookHandler = (request, _reply, done) => {
  const isOpen = request.routeOptions.config.access === 'public' || request.admitted;
  done(isOpen ? undefined : new ApiError('role_insufficient', 'This address is closed.'));
};

/** Lets a request in. For guards only. */
export function admit(request: FastifyRequest, caller: Caller | null): void {
  request.caller = caller;
  request.admitted = true;
}

/** Who sent a request that a guard let in. */
export function callerOf({ caller }: FastifyRequest): Caller {
  if (caller === null) throw new Error('No guard has found out who this is.');
  return caller;
}

/** The same for the audit log, with where the request came from. */
export function actorOf(request: FastifyRequest): Actor & { ip: string } {
  const { principal, credential } = callerOf(request);
  const { id, name } = principal;
  const key = credential.method === 'api-key' ? { apiKey: credential.id } : {};
  const token = credential.method === 'api-token' ? { apiToken: credential.id } : {};
  return { id, name, ip: request.ip, ...key, ...token };
}

/** Longest name of a program that is noted, in characters. */
const maxProgram = 100;

/** Where a request's credential comes from. */
export function sourceOf({ ip, headers }: FastifyRequest): Source {
  const program = printable(headers['user-agent']?.trim() ?? '', maxProgram);
  return { ip, program: program === '' ? null : program };
}

/** The methods that the routes at an address take, as the router reads it; none where there is no route. */
export function methodsAt(routes: readonly DeclaredRoute[], address: string): string[] {
  const path = decodePath(address);
  const found = routes.filter(({ url }) => patternOf(url).test(path));
  return [...new Set(found.map(({ method }) => method))].toSorted();
}

function patternOf(url: string): RegExp {
  return new RegExp(`^${url.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]*')}$`);
}

/** An encoded slash stays encoded: it separates nothing. */
function decodePath(address: string): string {
  const [path = ''] = address.split('?');
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
