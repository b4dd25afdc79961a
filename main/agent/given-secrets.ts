import { hash } from 'node:crypto';
import { z } from 'zod';

/** More than a burst of builds asks for while one of them signs in. */
const most = 1000;

const storedSchema = z.object({ Username: z.string(), Secret: z.string() });

/** The user name under which Docker stores what a registry gave in exchange for a password; nobody types it. */
const identityToken = '<token>';

/**
 * Tells a password that somebody typed from a secret that a client got from us and wants stored. Of the secrets that
 * were given out only the newest digests are kept, so that nothing about a secret can be learnt here.
 */
export class GivenSecrets {
  readonly #digests = new Set<string>();

  /** Notes what is given out as a password. */
  add(secret: string): void {
    const oldest = this.#digests.values().next().value;
    if (this.#digests.size >= most && oldest !== undefined) this.#digests.delete(oldest);
    this.#digests.add(hash('sha256', secret));
  }

  /**
   * Whether somebody typed what is to be stored. What cannot be read may be a password as well.
   *
   * @param body - What a client sent to `store`.
   */
  isTyped(body: string): boolean {
    const stored = storedSchema.safeParse(parsed(body)).data;
    if (stored === undefined) return true;
    const { Username, Secret } = stored;
    return Secret !== '' && Username !== identityToken && !this.#digests.has(hash('sha256', Secret));
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
