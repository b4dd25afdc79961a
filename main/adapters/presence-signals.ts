import type { Cancel, Listener, Logger, SystemSignals } from '../core/ports.ts';
import { Listeners } from '../core/lib/listeners.ts';
import type { BusSignal, DesktopBus } from './desktop-bus.ts';

const login1 = 'org.freedesktop.login1';

const prepareForSleep: BusSignal = {
  sender: login1,
  interface: `${login1}.Manager`,
  member: 'PrepareForSleep',
};
const sessionLock: BusSignal = { sender: login1, interface: `${login1}.Session`, member: 'Lock' };

/** The names under which desktops say that their screen is locked. */
const screenSavers = [
  'org.freedesktop.ScreenSaver',
  'org.gnome.ScreenSaver',
  'org.cinnamon.ScreenSaver',
  'org.mate.ScreenSaver',
  'org.xfce.ScreenSaver',
];

/**
 * Sleep and screen lock as a Linux desktop tells them over D-Bus: logind's signals (org.freedesktop.login1(5))
 * on the system bus, those of the screen lockers on the session bus. Electron knows the first, not the others.
 */
export class PresenceSignals implements SystemSignals {
  readonly #suspend: Listeners;
  readonly #screenLock: Listeners;

  constructor(logger: Logger) {
    this.#suspend = new Listeners(logger);
    this.#screenLock = new Listeners(logger);
  }

  onSuspend(listener: Listener): Cancel {
    return this.#suspend.add(listener);
  }

  onScreenLock(listener: Listener): Cancel {
    return this.#screenLock.add(listener);
  }

  /**
   * Listens on the system bus.
   * @param userId of the session whose lock counts; on a computer of several people each has one
   */
  async listenToLogind(bus: DesktopBus, userId: number): Promise<void> {
    await bus.watch(prepareForSleep, ({ body: [asleep] }) => {
      // False is the waking up.
      if (asleep === true) this.#suspend.tell();
    });
    await bus.watch(
      sessionLock,
      ({ path }) =>
        void isSessionOf(bus, path, userId).then((ours) => {
          if (ours) this.#screenLock.tell();
        }),
    );
  }

  /** Listens on the session bus. */
  async listenToScreenSavers(bus: DesktopBus): Promise<void> {
    for (const name of screenSavers) {
      await bus.watch({ sender: name, interface: name, member: 'ActiveChanged' }, ({ body: [active] }) => {
        if (active === true) this.#screenLock.tell();
      });
    }
  }
}

/**
 * Whether the session is this user's. One that logind does not describe counts as theirs: to lock too often is safe.
 */
async function isSessionOf(bus: DesktopBus, path: string, userId: number): Promise<boolean> {
  try {
    const [property] = await bus.call({
      destination: login1,
      path,
      interface: 'org.freedesktop.DBus.Properties',
      member: 'Get',
      signature: 'ss',
      body: [`${login1}.Session`, 'User'],
    });
    // A variant that holds (user id, object path of the user).
    const owner = (property as { value?: unknown } | undefined)?.value;
    return !Array.isArray(owner) || owner[0] === userId;
  } catch {
    return true;
  }
}
