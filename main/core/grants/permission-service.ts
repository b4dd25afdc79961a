import { KeyholdError } from '../../../contracts/errors.ts';
import type {
  PermissionSummary,
  PrincipalKind,
  ServiceRepository,
} from '../../../contracts/ipc/permissions.ts';
import {
  permissionsPath,
  type PrincipalType,
} from '../../../contracts/server-api/artifact-keeper/permissions.ts';
import { serverRepositoriesPath } from '../../../contracts/server-api/artifact-keeper/repositories.ts';
import { repositoryActionSchema, type RepositoryAction } from '../../../contracts/server-api/index.ts';
import type { Clock } from '../ports.ts';
import { noteDeed, type DeedDeps } from '../service/deeds.ts';
import {
  permissionAnswer,
  permissionPageAnswer,
  repositoryPageAnswer,
  type PermissionAnswer,
  type RepositoryAnswer,
} from '../service/dialects/artifact-keeper-permissions.ts';

interface PermissionServiceDeps extends DeedDeps {
  clock: Clock;
}

/** A repository of a context's service. */
interface RepositoryIdPlace {
  contextId: string;
  repositoryId: string;
}

interface PrincipalId {
  kind: PrincipalKind;
  id: string;
}

interface Terms {
  actions: readonly RepositoryAction[];
  /** RFC 3339; null for no end. */
  expiresAt: string | null;
}

const typeOf: Record<PrincipalKind, PrincipalType> = { user: 'user', group: 'group', bot: 'service_account' };
const kinds: readonly PrincipalKind[] = ['user', 'group', 'bot'];

const forbidden = { FORBIDDEN: 'repository_admin_needed' } as const;
const gone = { ...forbidden, NOT_FOUND: 'permission_gone' } as const;

/** Who may read, write, delete and administer the repositories of a context's service. */
export class PermissionService {
  readonly #deps: PermissionServiceDeps;

  constructor(deps: PermissionServiceDeps) {
    this.#deps = deps;
  }

  /** What the user may read, by name, and how many there are. @throws KeyholdError as `ServiceCalls.ask`. */
  async repositories(contextId: string): Promise<{ repositories: ServiceRepository[]; total: number }> {
    const { service } = this.#deps;
    const { entries, total } = await service.askPages(
      contextId,
      { path: serverRepositoriesPath },
      repositoryPageAnswer,
    );
    const repositories = entries.map(toRepository);
    service.seen.note(
      contextId,
      repositories.map(({ id, name }) => [id, name]),
    );
    return { repositories, total };
  }

  /**
   * The permissions on a repository, and how many there are.
   *
   * @throws KeyholdError `repository_gone`, `repository_admin_needed`, or as `ServiceCalls.ask`.
   */
  async list({
    contextId,
    repositoryId,
  }: RepositoryIdPlace): Promise<{ permissions: PermissionSummary[]; total: number }> {
    const { service } = this.#deps;
    const query = new URLSearchParams({ target_type: 'repository', target_id: repositoryId });
    const request = {
      path: `${permissionsPath}?${query.toString()}`,
      errorCodes: { ...forbidden, NOT_FOUND: 'repository_gone' } as const,
    };
    const { entries, total } = await service.askPages(contextId, request, permissionPageAnswer);
    service.seen.note(
      contextId,
      entries.map((entry) => [entry.id, this.#calledOf({ contextId, repositoryId }, entry)]),
    );
    return { permissions: entries.map(toPermission), total };
  }

  /**
   * Gives somebody a permission on a repository, where they have none.
   *
   * @param to - By id, or a user by e-mail address, which services of ours take.
   * @throws KeyholdError `expiry_passed`; `nobody_found`; `permission_there`; `repository_admin_needed`; `end_not_kept`
   *   where the service gave it without the end; or as `ServiceCalls.ask`.
   */
  async grant(
    place: RepositoryIdPlace,
    to: PrincipalId | { kind: 'user'; email: string },
    terms: Terms,
  ): Promise<PermissionSummary> {
    const principal = { kind: to.kind, id: 'email' in to ? to.email : to.id };
    const errorCodes = { ...forbidden, NOT_FOUND: 'nobody_found', CONFLICT: 'permission_there' } as const;
    const given = await this.#send('POST', permissionsPath, { place, principal, terms }, errorCodes);
    this.#note('access.granted', place, given);
    return kept(given, terms);
  }

  /**
   * Has a permission allow what is named and nothing else. To whom and on what it is stays.
   *
   * @throws KeyholdError `expiry_passed`, `permission_gone`, `repository_admin_needed`, `end_not_kept`, or as
   *   `ServiceCalls.ask`.
   */
  async change(
    place: RepositoryIdPlace,
    { permissionId, principal }: { permissionId: string; principal: PrincipalId },
    terms: Terms,
  ): Promise<PermissionSummary> {
    const changed = await this.#send('PUT', pathOf(permissionId), { place, principal, terms }, gone);
    this.#note('access.changed', place, changed);
    return kept(changed, terms);
  }

  /** Takes a permission back. @throws KeyholdError `permission_gone`, `repository_admin_needed`, or as `ServiceCalls.ask`. */
  async revoke(contextId: string, permissionId: string): Promise<void> {
    const { service } = this.#deps;
    await service.tell(contextId, { method: 'DELETE', path: pathOf(permissionId), errorCodes: gone });
    noteDeed(this.#deps, 'access.revoked', contextId, service.seen.nameOf(contextId, permissionId));
  }

  async #send(
    method: 'POST' | 'PUT',
    path: string,
    { place, principal, terms }: { place: RepositoryIdPlace; principal: PrincipalId; terms: Terms },
    errorCodes: NonNullable<Parameters<DeedDeps['service']['ask']>[1]['errorCodes']>,
  ): Promise<PermissionAnswer> {
    const { service, clock } = this.#deps;
    const { actions, expiresAt } = terms;
    if (expiresAt !== null && Date.parse(expiresAt) <= clock.now().getTime()) {
      throw new KeyholdError('expiry_passed');
    }
    // The longer of the two forms, which all services of this dialect take.
    const body = {
      ...{ principal_type: typeOf[principal.kind], principal_id: principal.id },
      ...{ target_type: 'repository', target_id: place.repositoryId, actions },
      ...(expiresAt !== null && { expires_at: expiresAt }),
    };
    return service.ask(place.contextId, { method, path, body, errorCodes }, permissionAnswer);
  }

  #note(kind: 'access.granted' | 'access.changed', place: RepositoryIdPlace, given: PermissionAnswer): void {
    const { contextId, repositoryId } = place;
    const { seen } = this.#deps.service;
    seen.note(contextId, [[given.id, this.#calledOf(place, given)]]);
    const repository = seen.nameOf(contextId, repositoryId);
    const detail = `${repository}, ${known(given.actions).join('+')}: ${nameOf(given)}`;
    noteDeed(this.#deps, kind, contextId, detail);
  }

  /** A permission as the log names it once it is gone. */
  #calledOf({ contextId, repositoryId }: RepositoryIdPlace, permission: PermissionAnswer): string {
    return `${this.#deps.service.seen.nameOf(contextId, repositoryId)}: ${nameOf(permission)}`;
  }
}

function pathOf(permissionId: string): string {
  return `${permissionsPath}/${encodeURIComponent(permissionId)}`;
}

/** Somebody believes what was asked for: a service that knows no ends says so by leaving it out. */
function kept(answer: PermissionAnswer, { expiresAt }: Terms): PermissionSummary {
  if (expiresAt !== null && answer.expires_at == null) throw new KeyholdError('end_not_kept');
  return toPermission(answer);
}

function toRepository({ id, key, name, is_public: isPublic, actions }: RepositoryAnswer): ServiceRepository {
  return {
    id,
    // Their own server calls a repository what people like, and pulls from its key.
    name: actions === undefined ? key : name,
    public: isPublic,
    actions: actions === undefined ? null : known(actions),
  };
}

function toPermission(answer: PermissionAnswer): PermissionSummary {
  const { actions } = answer;
  const later = actions.filter((action) => !known([action]).length);
  return {
    id: answer.id,
    principal: {
      kind: kinds.find((kind) => typeOf[kind] === answer.principal_type) ?? 'other',
      id: answer.principal_id,
      name: answer.principal_name ?? null,
      email: answer.principal_email ?? null,
    },
    actions: [...known(actions), ...later],
    createdAt: answer.created_at,
    expiresAt: answer.expires_at ?? null,
  };
}

/** Actions that this version knows, in their order. */
function known(actions: readonly string[]): RepositoryAction[] {
  return repositoryActionSchema.options.filter((action) => actions.includes(action));
}

function nameOf({ principal_name: name, principal_id: id }: PermissionAnswer): string {
  return name ?? id;
}
