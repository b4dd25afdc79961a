import type { Message, MessageBus } from '@jellybrick/dbus-next';
import type { Logger } from '../core/ports.ts';

/** A broadcast signal, named by who may send it: the bus itself checks that the sender owns that name. */
export interface BusSignal {
  sender: string;
  interface: string;
  member: string;
}

export interface BusCall {
  destination: string;
  path: string;
  interface: string;
  member: string;
  signature: string;
  body: unknown[];
}

type SignalListener = (signal: { path: string; body: readonly unknown[] }) => void;

/** A connection to one D-Bus bus (D-Bus specification 0.43). */
export class DesktopBus {
  readonly #bus: MessageBus;
  readonly #newMessage: (call: BusCall) => Message;

  /** @internal Use `openBus`. */
  constructor(bus: MessageBus, newMessage: (call: BusCall) => Message) {
    this.#bus = bus;
    this.#newMessage = newMessage;
  }

  /** Calls `listener` for each such signal, until the bus is closed. */
  async watch(signal: BusSignal, listener: SignalListener): Promise<void> {
    this.#bus.on('message', (message) => {
      if (message.interface === signal.interface && message.member === signal.member) {
        listener({ path: message.path, body: message.body });
      }
    });
    const rule = Object.entries({ type: 'signal', ...signal }).map(([name, value]) => `${name}='${value}'`);
    await this.call({ ...daemon, member: 'AddMatch', signature: 's', body: [rule.join(',')] });
  }

  /** Calls a method and gives the values of its reply. Throws when the other side answers with an error. */
  async call(call: BusCall): Promise<readonly unknown[]> {
    return (await this.#bus.call(this.#newMessage(call)))?.body ?? [];
  }

  close(): void {
    this.#bus.disconnect();
  }
}

/** The bus's own object. */
export const daemon = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
} as const;

/**
 * Connects to the user's session bus or the computer's system bus, as the environment names them.
 *
 * @returns null where there is none: a computer without D-Bus is not an error
 */
export async function openBus(kind: 'session' | 'system', logger: Logger): Promise<DesktopBus | null> {
  try {
    const { Message, sessionBus, systemBus } = await import('@jellybrick/dbus-next');
    const bus = kind === 'session' ? sessionBus() : systemBus();
    // Its types know no `error`, which it sends for whatever goes wrong with the connection.
    const events: NodeJS.EventEmitter = bus;
    await new Promise<void>((resolve, reject) => {
      events.once('connect', resolve);
      events.once('error', reject);
    });
    // Later errors: the bus went away, and with it what it could have told.
    events.on('error', (error: Error) => {
      logger.warn('dbus.lost', { bus: kind, message: error.message });
    });
    return new DesktopBus(bus, (call) => new Message(call));
  } catch (error) {
    logger.info('dbus.absent', {
      bus: kind,
      message: error instanceof Error ? error.message : String(error),
    });
    return null;
  }
}
