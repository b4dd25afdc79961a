import { KeyholdError } from '../../../contracts/errors.ts';
import type { Grant, Repository } from '../../../contracts/ipc/grants.ts';
import {
  authorizationsPath,
  repositoriesPath,
  repositoryActionSchema,
} from '../../../contracts/server-api/index.ts';
import type { CreateGrantRequest, GrantPermission } from '../../../contracts/server-api/index.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import type { ContextService } from '../contexts/context-service.ts';
import type { Clock } from '../ports.ts';
import { grantAnswer, grantListAnswer, repositoryListAnswer } from '../service/dialects/keyhold.ts';
import type { Grant as WireGrant, RepositoryEntry } from '../service/dialects/keyhold.ts';
import type { ServiceCalls } from '../service/service-calls.ts';

interface GrantServiceDeps {
  contexts: Pick<ContextService, 'get'>;
  service: ServiceCalls;
  clock: Clock;
  activity: ActivityLog;
}

/** A repository of a context's service, by its full name. */
export interface RepositoryPlace {
  contextId: string;
  repository: string;
}

interface NewGrant {
  to: { kind: 'user'; email: string } | { kind: 'bot'; name: string };
  permission: GrantPermission;
  /** RFC 3339. */
  expiresAt: string | null;
}

/** Who may use the repositories of a context's service. */
export class GrantService {
  readonly #deps: GrantServiceDeps;

  constructor(deps: GrantServiceDeps) {
    this.#deps = deps;
  }

  /** The repositories that the user may read, from all pages. @throws KeyholdError as `ServiceCalls.ask`. */
  async repositories(contextId: string): Promise<Repository[]> {
    return this.#deps.service.askAll(
      contextId,
      { path: repositoriesPath },
      repositoryListAnswer,
      ({ repositories }) => repositories.map(toRepository),
    );
  }

  /** @throws KeyholdError `repository_gone`, `not_allowed`, or as `ServiceCalls.ask`. */
  async list({ contextId, repository }: RepositoryPlace): Promise<Grant[]> {
    const request = {
      path: authorizationsPath(repository),
      errorCodes: { not_found: 'repository_gone' as const },
    };
    const grants = await this.#deps.service.askAll(
      contextId,
      request,
      grantListAnswer,
      ({ authorizations }) => authorizations,
    );
    return grants.map(toGrant);
  }

  /**
   * Lets somebody use a repository, instead of what they could do there before.
   *
   * @throws KeyholdError `nobody_found`, `expiry_passed`, or as `ServiceCalls.ask`.
   */
  async grant(
    { contextId, repository }: RepositoryPlace,
    { to, permission, expiresAt }: NewGrant,
  ): Promise<Grant> {
    const { contexts, service, clock, activity } = this.#deps;
    if (expiresAt !== null && Date.parse(expiresAt) <= clock.now().getTime()) {
      throw new KeyholdError('expiry_passed');
    }
    const body: CreateGrantRequest = {
      ...(to.kind === 'user' ? { email: to.email } : { bot: to.name }),
      permission,
      ...(expiresAt === null ? {} : { expires_at: expiresAt }),
    };
    const request = {
      method: 'POST' as const,
      path: authorizationsPath(repository),
      body,
      errorCodes: { not_found: 'nobody_found' as const },
    };
    const granted = toGrant(await service.ask(contextId, request, grantAnswer));
    activity.append({
      kind: 'access.granted',
      contextName: contexts.get(contextId).name,
      detail: `${repository}, ${permission}: ${granted.email ?? granted.name}`,
    });
    return granted;
  }

  /** Takes a grant back. @throws KeyholdError `grant_gone`, or as `ServiceCalls.ask`. */
  async revoke({ contextId, repository }: RepositoryPlace, id: string): Promise<void> {
    const { contexts, service, activity } = this.#deps;
    await service.tell(contextId, {
      method: 'DELETE',
      path: `${authorizationsPath(repository)}/${id}`,
      errorCodes: { not_found: 'grant_gone' },
    });
    const contextName = contexts.get(contextId).name;
    activity.append({ kind: 'access.revoked', contextName, detail: repository });
  }
}

/** Actions that this version does not know open nothing here. */
function toRepository({ actions, ...repository }: RepositoryEntry): Repository {
  return {
    ...repository,
    actions: repositoryActionSchema.options.filter((known) => actions.includes(known)),
  };
}

function toGrant({ id, user, group, bot, permission, created_at, expires_at }: WireGrant): Grant {
  return {
    id,
    kind: kindOf({ group, bot }),
    // Somebody of a kind that this version does not know is named by the grant.
    name: bot?.name ?? group?.name ?? user?.username ?? id,
    email: user?.email ?? null,
    permission,
    createdAt: created_at,
    expiresAt: expires_at,
  };
}

function kindOf({ group, bot }: Pick<WireGrant, 'group' | 'bot'>): Grant['kind'] {
  if (bot !== undefined) return 'bot';
  return group === undefined ? 'user' : 'group';
}
