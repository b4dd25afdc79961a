import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { CredentialKind } from '../../../contracts/domain/credential.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { DiscoveredService } from '../../../contracts/ipc/contexts.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import type { Credentials, GivenCredential, KeyTerms, NewCredential } from '../credentials/credentials.ts';
import type { Clock, Logger, Random } from '../ports.ts';
import type { HttpClient } from '../ports/http.ts';
import { discoverService, type Discovery } from '../service/discovery.ts';
import { parseOrigin } from '../service/origin.ts';
import type { Vault } from '../vault/vault.ts';
import { freshColour } from './colour.ts';
import { requireFreeName, requireNewAccount, soundUserId } from './context-names.ts';
import { insertContext, readColours, readCurrentContext, type AccountFacts } from './context-store.ts';

interface ContextAdditionsDeps {
  vault: Vault;
  credentials: Pick<Credentials, 'make' | 'setKeyTerms'>;
  http: HttpClient;
  clock: Clock;
  random: Random;
  activity: ActivityLog;
  logger: Logger;
  /** Tells that there is one more, and gives it. */
  added: (id: string) => ContextSummary;
}

/** What the user chose in "Add context". */
interface Chosen {
  address: string;
  name: string;
  setUpPodman: boolean;
  setUpDocker: boolean;
}

/** A context that is to be signed in by a key of its own. */
export interface AddContext extends Chosen {
  userId: string;
  keyLabel: string;
}

/** Who a service says that somebody is, and what it gave them to sign in with. */
export interface SignedIn {
  userId: string;
  /** Slug of the organization that the credential acts in; null for none. */
  org: string | null;
  by: GivenCredential;
}

/** A context that is signed in from the start. */
export interface AddSignedIn extends Chosen {
  signedIn: SignedIn;
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
    const account = { origin: parseOrigin(request.address), userId: soundUserId(request.userId), org: null };
    this.#requireFree(request.name, account, 'key');
    const found = await discoverService(this.#deps, account.origin);
    if (termsOf(found) === null) throw new KeyholdError('sign_in_not_offered');
    return this.#insert(request, account, found, { kind: 'key', label: request.keyLabel });
  }

  /**
   * Adds a context that is signed in by what its service gave. The first context becomes the current one, and the first
   * account of its host answers for the registry.
   *
   * @throws KeyholdError as `discover`; `name_taken`, `already_added`, `vault_locked`.
   */
  async addSignedIn(request: AddSignedIn): Promise<ContextSummary> {
    const origin = parseOrigin(request.address);
    const { userId, org, by } = request.signedIn;
    this.#requireFree(request.name, { origin, userId, org }, by.kind);
    return this.addFound(request, await discoverService(this.#deps, origin));
  }

  /**
   * As `addSignedIn`, at once, for whoever has asked the service already.
   *
   * @throws KeyholdError `name_taken`, `already_added`, `vault_locked`.
   */
  addFound({ signedIn: { userId, org, by }, ...chosen }: AddSignedIn, found: Discovery): ContextSummary {
    return this.#insert(chosen, { origin: found.service.origin, userId, org }, found, by);
  }

  /** @throws KeyholdError `name_taken`. */
  requireName(name: string): void {
    requireFreeName(this.#deps.vault.sql(), name, null);
  }

  #insert(chosen: Chosen, account: AccountFacts, found: Discovery, made: NewCredential): ContextSummary {
    const { vault, credentials, random, clock, activity } = this.#deps;
    const sql = vault.sql();
    const { service, dashboardUrl, dialects } = found;
    const id = random.uuid();
    sql.transaction(() => {
      // Asked again: another addition may have come in while the service answered.
      this.#requireFree(chosen.name, account, made.kind);
      insertContext(sql, {
        id,
        name: chosen.name,
        colour: freshColour(readColours(sql)),
        label: null,
        ...account,
        host: service.host,
        serviceName: service.name,
        dialects,
        credential: made.kind,
        current: readCurrentContext(sql) === null,
        hasRegistry: service.hasRegistry,
        dashboardUrl,
        setUpPodman: chosen.setUpPodman,
        setUpDocker: chosen.setUpDocker,
        createdAt: clock.now().toISOString(),
      });
      activity.append({ kind: 'context.added', contextName: chosen.name, detail: account.origin });
      const terms = termsOf(found);
      if (terms !== null) credentials.setKeyTerms(id, terms);
      credentials.make(id, made);
    });
    return this.#deps.added(id);
  }

  /** API keys differ in what they are for: one user may have many. */
  #requireFree(name: string, account: AccountFacts, kind: CredentialKind): void {
    const sql = this.#deps.vault.sql();
    requireFreeName(sql, name, null);
    if (kind !== 'api-key') requireNewAccount(sql, account, null);
  }
}

/** What a service asks of keys; null when it takes none, or none of our kind. They stay for when one is made later. */
function termsOf({ service: { methods, maxTokenTtl }, signingAlg }: Discovery): KeyTerms | null {
  if (!methods.includes('key') || signingAlg === null || maxTokenTtl === null) return null;
  return { signingAlg, maxTokenTtl };
}
