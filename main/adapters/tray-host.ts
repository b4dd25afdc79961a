import type { Cancel, Listener, Logger, TrayPresence } from '../core/ports.ts';
import { Listeners } from '../core/lib/listeners.ts';
import type { DesktopBus } from './desktop-bus.ts';

const watcher = 'org.kde.StatusNotifierWatcher';

/**
 * Whether this desktop has a tray: a StatusNotifierWatcher on the session bus with a host that shows items
 * (freedesktop.org, StatusNotifierItem). Electron does not say so itself.
 */
export class TrayHost implements TrayPresence {
  readonly #changed: Listeners<undefined>;
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
    let looks = 0;
    const look = (): void => {
      const turn = ++looks;
      void hasHost(bus).then((present) => {
        // What is asked later is newer, whichever is answered first.
        if (turn !== looks || present === this.#present) return;
        this.#present = present;
        this.#changed.tell(undefined);
      });
    };
    await bus.watchOwner(watcher, look);
    for (const member of ['StatusNotifierHostRegistered', 'StatusNotifierHostUnregistered']) {
      await bus.watch({ sender: watcher, interface: watcher, member }, look);
    }
    look();
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
