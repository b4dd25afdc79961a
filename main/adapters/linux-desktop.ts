import type { Logger } from '../core/ports.ts';
import { openBus, type DesktopBus } from './desktop-bus.ts';
import { PresenceSignals } from './presence-signals.ts';
import { TrayHost } from './tray-host.ts';

/** What a Linux desktop says over D-Bus. A desktop without it says nothing, and no more is lost. */
export class LinuxDesktop {
  readonly signals: PresenceSignals;
  readonly trayHost: TrayHost;
  readonly #logger: Logger;
  readonly #buses: DesktopBus[] = [];
  #hasSession = false;

  constructor(logger: Logger) {
    this.#logger = logger;
    this.signals = new PresenceSignals(logger);
    this.trayHost = new TrayHost(logger);
  }

  /** Whether there is a session bus: without one no tray will ever come. Known once `listen` has settled. */
  get hasSession(): boolean {
    return this.#hasSession;
  }

  /** Connects to both buses and listens until `close`. Never throws. */
  async listen(): Promise<void> {
    await Promise.all([
      this.#on('system', (bus) => this.signals.listenToLogind(bus, process.getuid?.() ?? -1)),
      this.#on('session', async (bus) => {
        this.#hasSession = true;
        await this.signals.listenToScreenSavers(bus);
        await this.trayHost.watch(bus);
      }),
    ]);
  }

  close(): void {
    for (const bus of this.#buses.splice(0)) bus.close();
  }

  async #on(kind: 'session' | 'system', listen: (bus: DesktopBus) => Promise<void>): Promise<void> {
    const bus = await openBus(kind, this.#logger);
    if (bus === null) return;
    this.#buses.push(bus);
    try {
      await listen(bus);
      this.#logger.info('dbus.listening', { bus: kind });
    } catch (error) {
      this.#logger.error('dbus.listen_failed', error);
    }
  }
}
