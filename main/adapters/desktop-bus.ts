import type { Message, MessageBus } from '@jellybrick/dbus-next';
import type { Logger } from '../core/ports.ts';

/** A signal, named by the service that may send it. */
export interface BusSignal {
  /** The service's well-known name. */
  sender: string;
  interface: string;
  member: string;
}

interface BusCall {
  destination: string;
  path: string;
  interface: string;
  member: string;
  signature: string;
  body: unknown[];
}

type SignalListener = (signal: { path: string; body: readonly unknown[] }) => void;

/** The bus's own object. */
const daemon = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
} as const;

type Library = Pick<typeof import('@jellybrick/dbus-next'), 'Message' | 'MessageType'>;

/**
 * A connection to one D-Bus bus (D-Bus specification 0.43).
 *
 * SECURITY: a match rule says which broadcasts come here, but everybody on the bus can send us a signal directly. The
 * bus writes each sender's unique name into its messages and no sender can change that; so a message counts only when
 * it comes from the connection that owns the service's name at that moment, an answer as well as a signal. Who owns a
 * name is told by the bus alone, in the order in which it happens.
 */
export class DesktopBus {
  readonly #bus: MessageBus;
  readonly #library: Library;
  /** Unique names of the services' owners, null where a service has none. */
  readonly #owners = new Map<string, string | null>();
  readonly #ownerListeners = new Map<string, (() => void)[]>();

  /** @internal Use `openBus`. */
  constructor(bus: MessageBus, library: Library) {
    this.#bus = bus;
    this.#library = library;
    this.#onSignal((message) => {
      const fromDaemon = message.sender === daemon.destination && message.path === daemon.path;
      if (!fromDaemon || message.interface !== daemon.interface || message.member !== 'NameOwnerChanged')
        return;
      const [name, , owner] = message.body as [string, string, string];
      if (!this.#ownerListeners.has(name)) return;
      this.#owners.set(name, owner === '' ? null : owner);
      for (const listener of this.#ownerListeners.get(name) ?? []) listener();
    });
  }

  /** Calls `listener` for each such signal of the service itself, until the bus is closed. */
  async watch(signal: BusSignal, listener: SignalListener): Promise<void> {
    await this.#follow(signal.sender);
    this.#onSignal((message) => {
      if (message.interface !== signal.interface || message.member !== signal.member) return;
      if (message.sender !== this.#owners.get(signal.sender)) return;
      listener({ path: message.path, body: message.body });
    });
    await this.#match({ ...signal });
  }

  /** Calls `listener` when a service came, went or was replaced by another. */
  async watchOwner(name: string, listener: () => void): Promise<void> {
    await this.#follow(name);
    this.#ownerListeners.get(name)?.push(listener);
  }

  /**
   * Calls a method of a service that runs, and gives the values of its reply. Throws when nobody has the name, when
   * somebody else answers, when the name has changed hands by then, and when the other side answers with an error.
   */
  async call(call: BusCall): Promise<readonly unknown[]> {
    await this.#follow(call.destination);
    const owner = this.#owners.get(call.destination);
    if (owner == null) throw new Error(`nobody is ${call.destination}`);
    const body = await this.#callOwner({ ...call, destination: owner });
    // The answer may have been kept back until the name was another's.
    if (this.#owners.get(call.destination) !== owner)
      throw new Error(`${owner} is no longer ${call.destination}`);
    return body;
  }

  close(): void {
    this.#bus.disconnect();
  }

  #onSignal(listener: (message: Message) => void): void {
    this.#bus.on('message', (message) => {
      if (message.type === this.#library.MessageType.SIGNAL) listener(message);
    });
  }

  /** Knows from now on who owns a name. */
  async #follow(name: string): Promise<void> {
    if (this.#owners.has(name)) return;
    if (!this.#ownerListeners.has(name)) this.#ownerListeners.set(name, []);
    const { destination: sender, path, interface: ofDaemon } = daemon;
    await this.#match({ sender, path, interface: ofDaemon, member: 'NameOwnerChanged', arg0: name });
    const owner = await this.#callDaemon('GetNameOwner', name).then(
      ([found]) => found as string,
      // Nobody has that name.
      () => null,
    );
    // A change that was told meanwhile is newer than this answer.
    if (!this.#owners.has(name)) this.#owners.set(name, owner);
  }

  async #match(rule: Readonly<Record<string, string>>): Promise<void> {
    const parts = Object.entries({ type: 'signal', ...rule }).map(([name, value]) => `${name}='${value}'`);
    await this.#callDaemon('AddMatch', parts.join(','));
  }

  async #callDaemon(member: string, argument: string): Promise<readonly unknown[]> {
    return await this.#callOwner({ ...daemon, member, signature: 's', body: [argument] });
  }

  /** @param call to a name that nobody else can come to have: a unique one, or the bus's own */
  async #callOwner(call: BusCall): Promise<readonly unknown[]> {
    const reply = await this.#bus.call(new this.#library.Message(call));
    if (reply?.sender !== call.destination) throw new Error(`the answer is not from ${call.destination}`);
    return reply.body;
  }
}

/**
 * Connects to the user's session bus or the computer's system bus, as the environment names them.
 *
 * @returns null where there is none: a computer without D-Bus is not an error
 */
export async function openBus(kind: 'session' | 'system', logger: Logger): Promise<DesktopBus | null> {
  try {
    const { Message, MessageType, sessionBus, systemBus } = await import('@jellybrick/dbus-next');
    const bus = kind === 'session' ? sessionBus() : systemBus();
    // Its types know no `error`, which it sends for whatever goes wrong with the connection.
    const events: NodeJS.EventEmitter = bus;
    await new Promise<void>((resolve, reject) => {
      events.once('connect', resolve);
      events.once('error', reject);
    });
    // Later errors: the bus went away, and with it what it could have told.
    events.on('error', (error: Error) => logger.warn('dbus.lost', { bus: kind, message: error.message }));
    return new DesktopBus(bus, { Message, MessageType });
  } catch (error) {
    logger.info('dbus.absent', {
      bus: kind,
      message: error instanceof Error ? error.message : String(error),
    });
    return null;
  }
}
