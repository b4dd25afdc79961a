import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { DiscoveredService } from '../../../contracts/ipc/contexts.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { Clock, HttpClient, Logger, Random } from '../ports.ts';
import { discoverService } from '../service/discovery.ts';
import { parseOrigin } from '../service/origin.ts';
import type { Vault } from '../vault/vault.ts';
import { freshColour } from './colour.ts';
import { requireFreeName, requireNewAccount, soundUserId } from './context-names.ts';
import {
  insertContext,
  readColours,
  readCurrentContext,
  type AccountFacts,
  type NewContext,
} from './context-store.ts';

interface ContextAdditionsDeps {
  vault: Vault;
  credentials: Pick<Credentials, 'make'>;
  http: HttpClient;
  clock: Clock;
  random: Random;
  activity: ActivityLog;
  logger: Logger;
  /** Tells that there is one more, and gives it. */
  added: (id: string) => ContextSummary;
}

/** What the user chose in "Add context". */
export interface AddContext {
  address: string;
  name: string;
  userId: string;
  keyLabel: string;
  setUpPodman: boolean;
  setUpDocker: boolean;
}

/** How contexts come in: what a service offers is looked at, then a context of it is added. */
export class ContextAdditions {
  readonly #deps: ContextAdditionsDeps;
  /** The service that was discovered last. */
  #found: { origin: string; dashboardUrl: string | null } | null = null;

  constructor(deps: ContextAdditionsDeps) {
    this.#deps = deps;
  }

  /**
   * Asks what a service offers, by the address that the user typed.
   *
   * @throws KeyholdError `invalid_address`, `insecure_origin`, `service_not_confirmed`, `server_unreachable`,
   * `not_a_keyhold_server`, `another_origin`.
   */
  async discover(address: string): Promise<DiscoveredService> {
    const { service, dashboardUrl } = await discoverService(this.#deps, parseOrigin(address));
    this.#found = { origin: service.origin, dashboardUrl };
    return service;
  }

  /** The dashboard of the service that was discovered last. @throws KeyholdError `link_not_allowed`. */
  foundDashboard(): { url: string; origin: string } {
    const found = this.#found;
    if (found?.dashboardUrl == null) throw new KeyholdError('link_not_allowed');
    return { url: found.dashboardUrl, origin: found.origin };
  }

  /**
   * Adds a pending context and makes its key. The first context becomes the current one.
   *
   * @throws KeyholdError as `discover`; `sign_in_not_offered` when the service takes no keys or none of our
   * kind; `invalid_user_id`, `name_taken`, `already_added`, `vault_locked`.
   */
  async add(request: AddContext): Promise<ContextSummary> {
    const origin = parseOrigin(request.address);
    const userId = soundUserId(request.userId);
    const account = { origin, userId, org: null };
    this.#requireFree(request.name, account);
    const { service, dashboardUrl, dialects, signingAlg } = await discoverService(this.#deps, origin);
    if (!service.methods.includes('key') || signingAlg === null)
      throw new KeyholdError('sign_in_not_offered');

    const { vault, credentials, random, clock, activity } = this.#deps;
    const id = vault.sql().transaction(() => {
      // Asked again: another addition may have come in while the service answered.
      this.#requireFree(request.name, account);
      const context: NewContext = {
        id: random.uuid(),
        name: request.name,
        colour: freshColour(readColours(vault.sql())),
        label: null,
        ...account,
        host: service.host,
        serviceName: service.name,
        dialects,
        credential: 'key',
        current: readCurrentContext(vault.sql()) === null,
        hasRegistry: service.hasRegistry,
        dashboardUrl,
        setUpPodman: request.setUpPodman,
        setUpDocker: request.setUpDocker,
        createdAt: clock.now().toISOString(),
      };
      insertContext(vault.sql(), context);
      activity.append({ kind: 'context.added', contextName: context.name, detail: origin });
      const terms = { signingAlg, maxTokenTtl: service.maxTokenTtl };
      credentials.make(context.id, { kind: 'key', label: request.keyLabel, terms });
      return context.id;
    });
    return this.#deps.added(id);
  }

  #requireFree(name: string, account: AccountFacts): void {
    const sql = this.#deps.vault.sql();
    requireFreeName(sql, name, null);
    requireNewAccount(sql, account);
  }
}
