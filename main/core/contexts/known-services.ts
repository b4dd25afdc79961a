import { KeyholdError } from '../../../contracts/errors.ts';
import type { Clock, HttpClient, PersonAsked } from '../ports.ts';
import type { Vault } from '../vault/vault.ts';
import { hasOrigin } from './context-store.ts';

interface Deps {
  vault: Pick<Vault, 'sql'>;
  ask: PersonAsked;
  clock: Pick<Clock, 'now'>;
}

/** As many noes in so many milliseconds end the asking, so that a window cannot wear a person down. */
const mostRefusals = { count: 3, withinMs: 10 * 60_000 };

/**
 * Which services main may talk to: those of the vault's contexts, and those that the person said yes to. A name alone
 * tells whoever answers for it, and everybody on the way (DNS, TLS SNI), what is in the name; so the window cannot
 * have main contact a service of its choice. The question is main's own, one at a time.
 */
export class KnownServices {
  readonly #deps: Deps;
  /** Origins that the person said yes to, until the app ends. */
  readonly #confirmed = new Set<string>();
  #refusedAt: number[] = [];
  #asking = false;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Asks the person about those of the services that are not known yet.
   *
   * @param origins - As `URL.origin` writes them: another port is another service.
   * @throws KeyholdError `service_not_confirmed`, with the time to wait when it asks no more.
   */
  async confirm(origins: readonly string[]): Promise<void> {
    const unknown = [...new Set(origins)].filter((origin) => !this.#isKnown(origin));
    if (unknown.length === 0) return;
    const retryAfterMs = this.#pauseMs();
    if (retryAfterMs > 0) throw new KeyholdError('service_not_confirmed', { retryAfterMs });
    if (this.#asking) throw new KeyholdError('service_not_confirmed');
    this.#asking = true;
    try {
      if (!(await this.#deps.ask(unknown))) {
        this.#refusedAt.push(this.#deps.clock.now().getTime());
        throw new KeyholdError('service_not_confirmed');
      }
    } finally {
      this.#asking = false;
    }
    for (const origin of unknown) this.#confirmed.add(origin);
    this.#refusedAt = [];
  }

  #isKnown(origin: string): boolean {
    return this.#confirmed.has(origin) || hasOrigin(this.#deps.vault.sql(), origin);
  }

  /** How long it still asks nothing, milliseconds. */
  #pauseMs(): number {
    const now = this.#deps.clock.now().getTime();
    this.#refusedAt = this.#refusedAt.filter((at) => now - at < mostRefusals.withinMs);
    const first = this.#refusedAt.at(-mostRefusals.count);
    return first === undefined ? 0 : first + mostRefusals.withinMs - now;
  }
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
