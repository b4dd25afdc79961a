import { limits } from '../../../contracts/domain/limits.ts';
import { printable } from '../../../contracts/domain/printable.ts';
import type { Directory, SignInWays, SyncCounts } from '../../../contracts/ipc/directory.ts';
import {
  ldapStatusPath,
  ldapSyncPath,
  ldapTestPath,
} from '../../../contracts/server-api/artifact-keeper/ldap.ts';
import { ssoProvidersPath } from '../../../contracts/server-api/artifact-keeper/sso.ts';
import { systemConfigPath } from '../../../contracts/server-api/artifact-keeper/system.ts';
import { noteDeed, type DeedDeps } from '../service/deeds.ts';
import { systemConfigAnswer } from '../service/dialects/artifact-keeper.ts';
import {
  directoryAnswer,
  directoryTestAnswer,
  providersAnswer,
  type DirectoryAnswer,
  type SyncCountsAnswer,
} from '../service/dialects/artifact-keeper-directory.ts';

/** How people sign in to a context's service: by its own passwords, a directory, providers. For its administrators. */
export class DirectoryService {
  readonly #deps: DeedDeps;

  constructor(deps: DeedDeps) {
    this.#deps = deps;
  }

  /** @throws KeyholdError as `ServiceCalls.ask`. */
  async status(contextId: string): Promise<SignInWays> {
    const { service } = this.#deps;
    const directory = await service.ask(contextId, { method: 'GET', path: ldapStatusPath }, directoryAnswer);
    const config = await service.ask(
      contextId,
      { method: 'GET', path: systemConfigPath },
      systemConfigAnswer,
    );
    const providers = await service.ask(
      contextId,
      { method: 'GET', path: ssoProvidersPath },
      providersAnswer,
    );
    return {
      passwords: config.auth.local_login_enabled ?? true,
      directory: toDirectory(directory),
      providers: providers.map(({ name }) => name),
    };
  }

  /**
   * Has the service begin a sync of its directory.
   *
   * @throws KeyholdError as `ServiceCalls.ask`: `service_refused` with its words while one goes on already.
   */
  async sync(contextId: string): Promise<void> {
    const request = { method: 'POST' as const, path: ldapSyncPath };
    const { host } = await this.#deps.service.ask(contextId, request, directoryAnswer);
    noteDeed(this.#deps, 'directory.sync_begun', contextId, host ?? '');
  }

  /** Has the service try its directory, and tell in its own words. @throws KeyholdError as `ServiceCalls.ask`. */
  async test(contextId: string): Promise<{ works: boolean; message: string }> {
    const request = { method: 'POST' as const, path: ldapTestPath };
    const { success, message } = await this.#deps.service.ask(contextId, request, directoryTestAnswer);
    return { works: success, message: printable(message, limits.serviceWordsMax) };
  }
}

function toDirectory(answer: DirectoryAnswer): Directory | null {
  if (!answer.configured) return null;
  const { last_sync: last } = answer;
  return {
    host: answer.host ?? '',
    baseDn: answer.base_dn ?? '',
    groups: answer.groups,
    syncSeconds: answer.sync_interval,
    running: answer.running,
    lastSync: last && {
      startedAt: last.started_at,
      endedAt: last.ended_at,
      problem: last.problem && printable(last.problem, limits.serviceWordsMax),
      counts: last.counts && toCounts(last.counts),
    },
    lastSuccessAt: answer.last_success_at,
    nextSyncAt: answer.next_sync_at,
  };
}

function toCounts(counts: SyncCountsAnswer): SyncCounts {
  const { people, accounts, disabled, enabled } = counts;
  return {
    ...{ people, accounts, disabled, enabled },
    membershipsAdded: counts.memberships_added,
    membershipsRemoved: counts.memberships_removed,
    administratorsKept: counts.administrators_kept,
    groupsRefused: counts.groups_refused,
  };
}
