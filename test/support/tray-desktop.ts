import { Message, sessionBus, Variant, type MessageBus } from '@jellybrick/dbus-next';

const watcherName = 'org.kde.StatusNotifierWatcher';
const itemInterface = 'org.kde.StatusNotifierItem';
const menuInterface = 'com.canonical.dbusmenu';

/** One entry of a tray item's menu, as com.canonical.dbusmenu tells it. */
export interface MenuEntry {
  id: number;
  label: string;
  enabled: boolean;
  separator: boolean;
  checked: boolean;
  entries: MenuEntry[];
}

type Layout = [id: number, properties: Record<string, Variant>, children: Variant[]];

function toEntry([id, properties, children]: Layout): MenuEntry {
  return {
    id,
    // An underscore marks an access key; two stand for one.
    label: ((properties['label']?.value ?? '') as string).replace(/_(.)/g, '$1'),
    enabled: properties['enabled']?.value !== false,
    separator: properties['type']?.value === 'separator',
    checked: properties['toggle-state']?.value === 1,
    entries: children.map((child) => toEntry(child.value as Layout)),
  };
}

/** A property of the panel (freedesktop.org, StatusNotifierWatcher): it shows the items that it takes in. */
function propertyOf(call: Message): Variant {
  if (call.body[1] === 'IsStatusNotifierHostRegistered') return new Variant('b', true);
  if (call.body[1] === 'ProtocolVersion') return new Variant('i', 0);
  throw new Error(`the panel has no property ${String(call.body[1])}`);
}

/** A desktop with a tray on a bus of its own: it asks items for their menu and clicks, as a panel does. */
export class TrayDesktop {
  readonly #bus: MessageBus;
  readonly #item: Promise<string>;

  private constructor(bus: MessageBus, item: Promise<string>) {
    this.#bus = bus;
    this.#item = item;
  }

  static async start(address: string): Promise<TrayDesktop> {
    const bus = sessionBus({ busAddress: address });
    const item = new Promise<string>((resolve) => {
      bus.addMethodHandler((call) => {
        if (call.path !== '/StatusNotifierWatcher') return false;
        if (call.member === 'RegisterStatusNotifierItem') resolve(String(call.body[0]));
        const isProperty = call.member === 'Get';
        bus.send(Message.newMethodReturn(call, isProperty ? 'v' : '', isProperty ? [propertyOf(call)] : []));
        return true;
      });
    });
    await bus.requestName(watcherName, 0);
    return new TrayDesktop(bus, item);
  }

  /** Waits for an item and asks what it says of itself. */
  async property(name: string): Promise<unknown> {
    const body = await this.#call(await this.#item, '/StatusNotifierItem', {
      interface: 'org.freedesktop.DBus.Properties',
      member: 'Get',
      signature: 'ss',
      body: [itemInterface, name],
    });
    return (body[0] as Variant).value;
  }

  /** A click on the item's picture. */
  async activate(): Promise<void> {
    await this.#call(await this.#item, '/StatusNotifierItem', {
      interface: itemInterface,
      member: 'Activate',
      signature: 'ii',
      body: [0, 0],
    });
  }

  async menu(): Promise<MenuEntry[]> {
    const path = (await this.property('Menu')) as string;
    const body = await this.#call(await this.#item, path, {
      interface: menuInterface,
      member: 'GetLayout',
      signature: 'iias',
      body: [0, -1, []],
    });
    return toEntry(body[1] as Layout).entries;
  }

  /** Clicks the entry that the labels lead to. */
  async click(...labels: readonly string[]): Promise<void> {
    let entries = await this.menu();
    let found: MenuEntry | undefined;
    for (const label of labels) {
      found = entries.find((entry) => entry.label === label);
      if (found === undefined)
        throw new Error(`no ${label} among ${JSON.stringify(entries.map((e) => e.label))}`);
      entries = found.entries;
    }
    await this.#call(await this.#item, (await this.property('Menu')) as string, {
      interface: menuInterface,
      member: 'Event',
      signature: 'isvu',
      body: [found?.id ?? -1, 'clicked', new Variant('s', ''), 0],
    });
  }

  stop(): void {
    this.#bus.disconnect();
  }

  async #call(
    destination: string,
    path: string,
    call: { interface: string; member: string; signature: string; body: unknown[] },
  ): Promise<readonly unknown[]> {
    const reply = await this.#bus.call(new Message({ destination, path, ...call }));
    return reply?.body ?? [];
  }
}
