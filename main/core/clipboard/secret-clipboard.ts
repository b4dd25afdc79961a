import { hash } from 'node:crypto';
import type { Cancel, Clipboard, Clock, Logger } from '../ports.ts';
import type { Vault } from '../vault/vault.ts';

interface SecretClipboardDeps {
  clipboard: Clipboard;
  clock: Clock;
  vault: Vault;
  logger: Logger;
  /** How long a copied secret stays, seconds. */
  seconds: () => number;
}

/** Copies secrets and takes them off the clipboard again, unless something else was copied since. */
export class SecretClipboard {
  readonly #deps: SecretClipboardDeps;
  /** SHA-256 of what was copied last: enough to know it again without keeping it. */
  #copied: string | null = null;
  #cancelClear: Cancel | null = null;

  constructor(deps: SecretClipboardDeps) {
    this.#deps = deps;
    deps.vault.onChange(() => {
      if (!deps.vault.isUnlocked) this.#clearInBackground();
    });
  }

  /** How long what is copied now stays, seconds. */
  get seconds(): number {
    return this.#deps.seconds();
  }

  /**
   * Puts a text on the clipboard for as long as the settings say now.
   *
   * @returns When it will be taken off, RFC 3339.
   */
  async copy(text: string): Promise<{ clearsAt: string }> {
    const { clipboard, clock } = this.#deps;
    const ms = this.seconds * 1000;
    this.#copied = hash('sha256', text);
    this.#cancelClear?.();
    this.#cancelClear = clock.after(ms, () => this.#clearInBackground());
    const clearsAt = new Date(clock.now().getTime() + ms).toISOString();
    await clipboard.write(text);
    return { clearsAt };
  }

  /** Clears the clipboard if it still holds what was copied last by us. */
  async clearIfOurs(): Promise<void> {
    const ours = this.#copied;
    if (ours === null) return;
    const found = hash('sha256', await this.#deps.clipboard.read());
    // Something new may have been copied by us while the clipboard was read: that has its own time.
    if (this.#copied !== ours) return;
    this.#copied = null;
    this.#cancelClear?.();
    this.#cancelClear = null;
    if (found === ours) this.#deps.clipboard.clear();
  }

  #clearInBackground(): void {
    this.clearIfOurs().catch((error: unknown) => this.#deps.logger.error('clipboard.clear_failed', error));
  }
}
