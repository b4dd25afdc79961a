import {
  defaultWindowSettings,
  type SecuritySettings,
  type WindowSettings,
} from '../../../contracts/domain/settings.ts';
import { NotText, type Cancel, type Clock, type Listener, type Logger, type TextFiles } from '../ports.ts';
import { Listeners } from '../lib/listeners.ts';
import { Turns } from '../lib/turns.ts';
import { formatSettings, parseSettings } from './settings-file.ts';

interface SettingsStoreDeps {
  files: TextFiles;
  clock: Clock;
  logger: Logger;
  /** Path of settings.json. */
  path: string;
}

/** The settings that protect nothing: in memory from `load` on, on disk in a file of their own. */
export class SettingsStore {
  readonly #deps: SettingsStoreDeps;
  readonly #changed: Listeners;
  #current: WindowSettings = defaultWindowSettings;
  #earlier: Partial<SecuritySettings> = {};
  #setAside = false;
  readonly #turns = new Turns(1);

  constructor(deps: SettingsStoreDeps) {
    this.#deps = deps;
    this.#changed = new Listeners(deps.logger);
  }

  /** The defaults until `load` has settled. */
  get current(): WindowSettings {
    return this.#current;
  }

  /** What the file says of settings that the vault has now. */
  get earlier(): Partial<SecuritySettings> {
    return this.#earlier;
  }

  /** The vault has them: the file need not say it any more, and does not count in any case. */
  dropEarlier(): void {
    if (Object.keys(this.#earlier).length === 0) return;
    this.#earlier = {};
    this.change({}).catch((error: unknown) => this.#deps.logger.error('settings.write_failed', error));
  }

  /** True when the file was unreadable and set aside, until `acknowledge`. */
  get setAside(): boolean {
    return this.#setAside;
  }

  /**
   * Reads the file. One that is not ours to read is moved beside itself under a dated name and the defaults
   * are used: a wrong setting must not keep anyone from their vault. Never throws.
   */
  async load(): Promise<void> {
    const { files, logger, path } = this.#deps;
    try {
      const text = await files.read(path);
      if (text === null) return;
      const read = parseSettings(text);
      if (read === null) await this.#moveAside();
      else [this.#current, this.#earlier] = [read.settings, read.security];
    } catch (error) {
      if (error instanceof NotText && error.why !== 'no_access') await this.#moveAside();
      else logger.error('settings.read_failed', error);
    } finally {
      this.#changed.tell();
    }
  }

  /**
   * Changes some settings, on disk first.
   * @param change checked by the contract's schema
   * @throws KeyholdError `storage_failed`; the settings are then as before
   */
  async change(change: Partial<WindowSettings>): Promise<void> {
    // One after the other, so that two changes at once do not undo each other.
    await this.#turns.take(async () => {
      const next = { ...this.#current, ...change };
      await this.#deps.files.writeAtomic(this.#deps.path, formatSettings(next), 0o600);
      this.#current = next;
    });
    this.#changed.tell();
  }

  acknowledge(): void {
    this.#setAside = false;
    this.#changed.tell();
  }

  /** Calls `listener` after each change. */
  onChange(listener: Listener): Cancel {
    return this.#changed.add(listener);
  }

  async #moveAside(): Promise<void> {
    const { files, clock, logger, path } = this.#deps;
    const name = `${path}.unreadable-${clock.now().toISOString().replace(/[:.]/g, '-')}`;
    this.#setAside = true;
    logger.warn('settings.set_aside', { as: name });
    try {
      await files.move(path, name);
    } catch {
      // Left where it is, then: the next change replaces it, and the log says why.
    }
  }
}
