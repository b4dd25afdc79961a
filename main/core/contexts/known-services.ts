import { KeyholdError } from '../../../contracts/errors.ts';
import { Refusals } from '../lib/refusals.ts';
import { HttpRefused } from '../ports/http.ts';
import type { AskAboutServices, Clock } from '../ports.ts';
import type { HttpClient, StreamClient } from '../ports/http.ts';
import type { Vault } from '../vault/vault.ts';
import { hasUnrevokedOf } from '../credentials/unrevoked/unrevoked-store.ts';
import { hasOrigin } from './context-store.ts';

interface Deps {
  vault: Pick<Vault, 'sql'>;
  ask: AskAboutServices;
  clock: Pick<Clock, 'now'>;
}

/** Services of one question: all their names are seen, whatever the screen. */
const mostAtOnce = 8;

/**
 * Which services main may talk to: those of the vault's contexts, those where something is not revoked yet that a context
 * left, and those that the person said yes to. A name alone
 * tells whoever answers for it, and everybody on the way (DNS, TLS SNI), what is in the name; so the window cannot
 * have main contact a service of its choice. The question is main's own, one at a time.
 */
export class KnownServices {
  readonly #deps: Deps;
  /** Origins that the person said yes to, until the app ends. */
  readonly #confirmed = new Set<string>();
  readonly #refusals: Refusals;
  #asking = false;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#refusals = new Refusals(deps.clock);
  }

  /**
   * Asks the person about those of the services that are not known yet; about many of them in several questions.
   *
   * @param origins - As `URL.origin` writes them: another port is another service.
   * @throws KeyholdError `service_not_confirmed`, with the time to wait when it asks no more.
   */
  async confirm(origins: readonly string[]): Promise<void> {
    const unknown = [...new Set(origins)].filter((origin) => !this.isKnown(origin));
    if (unknown.length === 0) return;
    const retryAfterMs = this.#refusals.pauseMs();
    if (retryAfterMs > 0) throw new KeyholdError('service_not_confirmed', { retryAfterMs });
    if (this.#asking) throw new KeyholdError('service_not_confirmed');
    this.#asking = true;
    try {
      for (let first = 0; first < unknown.length; first += mostAtOnce) {
        if (await this.#deps.ask(unknown.slice(first, first + mostAtOnce))) continue;
        this.#refusals.note();
        throw new KeyholdError('service_not_confirmed');
      }
    } finally {
      this.#asking = false;
    }
    for (const origin of unknown) this.#confirmed.add(origin);
    this.#refusals.forget();
  }

  /** Whether it is of a context, or the person said yes to it. @throws KeyholdError `vault_locked`. */
  isKnown(origin: string): boolean {
    const sql = this.#deps.vault.sql();
    return this.#confirmed.has(origin) || hasOrigin(sql, origin) || hasUnrevokedOf(sql, origin);
  }
}

/** Streams of known services only: nobody is asked about others, for nobody waits for a stream. */
export function knownStreams(streams: StreamClient, services: KnownServices): StreamClient {
  return {
    async open(request) {
      if (!services.isKnown(new URL(request.url).origin)) throw new HttpRefused('not a known service');
      return await streams.open(request);
    },
  };
}

/** HTTP that reaches known services only. All of main's goes through it, so no call can forget to ask. */
export function confirmedHttp(http: HttpClient, services: KnownServices): HttpClient {
  return {
    async request(request) {
      await services.confirm([new URL(request.url).origin]);
      return await http.request(request);
    },
  };
}
