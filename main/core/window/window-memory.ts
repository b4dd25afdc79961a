import { Turns } from '../lib/turns.ts';
import type { Cancel, Clock, TextFiles } from '../ports.ts';
import { formatWindowState, type WindowState } from './window-placement.ts';

/** A window that is dragged reports each step; the last one is what counts. */
const restMs = 500;

interface WindowMemoryDeps {
  files: TextFiles;
  clock: Clock;
  /** Path of window.json. */
  path: string;
}

/** Remembers where the window was and how large. A failed write is only logged: the window opens all the same. */
export class WindowMemory {
  readonly #deps: WindowMemoryDeps;
  #waiting: WindowState | null = null;
  #cancel: Cancel | null = null;
  readonly #turns = new Turns(1);

  constructor(deps: WindowMemoryDeps) {
    this.#deps = deps;
  }

  /** Notes the window's state; it is written once it has been the same for a moment. */
  remember(state: WindowState): void {
    this.#waiting = state;
    this.#cancel?.();
    this.#cancel = this.#deps.clock.after(restMs, () => void this.settle());
  }

  /** Writes what is not yet written. */
  async settle(): Promise<void> {
    this.#cancel?.();
    this.#cancel = null;
    const state = this.#waiting;
    this.#waiting = null;
    await this.#turns.take(async () => {
      if (state !== null) await this.#write(state);
    });
  }

  async #write(state: WindowState): Promise<void> {
    try {
      await this.#deps.files.writeAtomic(this.#deps.path, formatWindowState(state), 0o600);
    } catch {
      // DiskTextFiles has logged why; the next move tries again.
    }
  }
}
