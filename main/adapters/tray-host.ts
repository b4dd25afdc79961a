import type { Cancel, Listener, Logger, TrayPresence } from '../core/ports.ts';
import { Listeners } from '../core/lib/listeners.ts';
import type { DesktopBus } from './desktop-bus.ts';

const watcher = 'org.kde.StatusNotifierWatcher';

/**
 * Whether this desktop has a tray: a StatusNotifierWatcher on the session bus with a host that shows items
 * (freedesktop.org, StatusNotifierItem). Electron does not say so itself.
 */
export class TrayHost implements TrayPresence {
  readonly #changed: Listeners;
  #present = false;

  constructor(logger: Logger) {
    this.#changed = new Listeners(logger);
  }

  get present(): boolean {
    return this.#present;
  }

  /** Calls `listener` when a tray came or went. */
  onChange(listener: Listener): Cancel {
    return this.#changed.add(listener);
  }

  async watch(bus: DesktopBus): Promise<void> {
    let questions = 0;
    const ask = (): void => {
      const question = ++questions;
      void hasHost(bus).then((present) => {
        // Only the answer to the last question counts, in whatever order they come.
        if (question !== questions || present === this.#present) return;
        this.#present = present;
        this.#changed.tell();
      });
    };
    await bus.watchOwner(watcher, ask);
    for (const member of ['StatusNotifierHostRegistered', 'StatusNotifierHostUnregistered']) {
      await bus.watch({ sender: watcher, interface: watcher, member }, ask);
    }
    ask();
  }
}

async function hasHost(bus: DesktopBus): Promise<boolean> {
  try {
    const [property] = await bus.call({
      destination: watcher,
      path: '/StatusNotifierWatcher',
      interface: 'org.freedesktop.DBus.Properties',
      member: 'Get',
      signature: 'ss',
      body: [watcher, 'IsStatusNotifierHostRegistered'],
    });
    return (property as { value?: unknown } | undefined)?.value === true;
  } catch {
    // Nobody has that name: no tray.
    return false;
  }
}
