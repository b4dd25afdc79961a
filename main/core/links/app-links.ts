import { readAppLink, readInvitationLink, type AppLink } from '../../../contracts/domain/app-link.ts';
import type { Cancel, Clock, Listener, Logger, Random } from '../ports.ts';
import { Listeners } from '../lib/listeners.ts';

/** How long nothing more is said of links that are not known, milliseconds: a web page can open them all day. */
const quietMs = 10 * 60_000;

/** A link that waits to be looked at, with an id of its own; `unknown`: one came that is none of ours, which is said once. */
export type OpenedLink = (AppLink & { id: string }) | { kind: 'unknown' };

interface AppLinksDeps {
  clock: Pick<Clock, 'now'>;
  random: Pick<Random, 'uuid'>;
  logger: Logger;
}

/**
 * The `keyhold://` link that was opened last. It comes from any web page or program, so it is kept only to be shown:
 * nothing is asked and nobody is contacted because of it. It outlasts a lock, for it may be what Keyhold was started by.
 */
export class AppLinks {
  readonly #deps: AppLinksDeps;
  readonly #changed: Listeners;
  #current: OpenedLink | null = null;
  #saidAt = -Infinity;

  constructor(deps: AppLinksDeps) {
    this.#deps = deps;
    this.#changed = new Listeners(deps.logger);
  }

  get current(): OpenedLink | null {
    return this.#current;
  }

  /**
   * Takes what the system says is a link. Only `readAppLink` decides whether it is one.
   *
   * @returns Whether there is something to show.
   */
  open(text: string): boolean {
    const link = readAppLink(text);
    if (link !== null) {
      this.#show({ ...link, id: this.#deps.random.uuid() });
      return true;
    }
    const now = this.#deps.clock.now().getTime();
    this.#deps.logger.warn('link.refused', { length: text.length });
    // Either way: the clock may have been set back. A link that waits is not pushed aside by a bad one.
    if (Math.abs(now - this.#saidAt) < quietMs || this.#current !== null) return false;
    this.#saidAt = now;
    this.#show({ kind: 'unknown' });
    return true;
  }

  /** Takes the link that a person pasted, also the one in the mail. What is none is left out: the window says so. */
  paste(text: string): void {
    const link = readInvitationLink(text);
    if (link !== null) this.#show({ ...link, id: this.#deps.random.uuid() });
  }

  /**
   * The secret part of the invitation that is looked at.
   *
   * @param id - Of the opening that is meant: any web page can open another link in its place.
   * @param origin - Of the service that is to be told it: the link's own, or there is none.
   */
  invitationFor(id: string, origin: string): string | null {
    const link = this.#current;
    return link?.kind === 'join' && link.id === id && link.origin === origin ? link.token : null;
  }

  /** It was looked at: there is none any more. */
  close(): void {
    if (this.#current === null) return;
    this.#current = null;
    this.#changed.tell();
  }

  /** Tells when a link came or was closed. */
  onChange(listener: Listener): Cancel {
    return this.#changed.add(listener);
  }

  #show(link: OpenedLink): void {
    this.#current = link;
    this.#changed.tell();
  }
}
