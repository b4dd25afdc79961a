import type { Cancel, Logger } from '../ports.ts';

/** Listeners of one event. One that throws is logged and hinders neither the others nor the caller. */
export class Listeners<Payload = void> {
  readonly #listeners = new Set<(payload: Payload) => void>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  add(listener: (payload: Payload) => void): Cancel {
    // Wrapped so that the same function can be added twice and cancelled once.
    const entry = (payload: Payload): void => listener(payload);
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
    };
  }

  tell(payload: Payload): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(payload);
      } catch (error) {
        this.#logger.error('listener.failed', error);
      }
    }
  }

  /** Tells them of what may not be done unless all of them took it. Throws what one threw. */
  tellOrThrow(payload: Payload): void {
    for (const listener of [...this.#listeners]) listener(payload);
  }
}
