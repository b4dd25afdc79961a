import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Message, MessageType, sessionBus, Variant, type MessageBus } from '@jellybrick/dbus-next';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LinuxDesktop } from '../../../../main/adapters/linux-desktop.ts';
import { startPrivateBus, type PrivateBus } from '../../../support/private-bus.ts';

const daemon = 'org.freedesktop.DBus';
const login1 = 'org.freedesktop.login1';
const watcher = 'org.kde.StatusNotifierWatcher';
const lockers = ['freedesktop', 'gnome', 'cinnamon', 'mate', 'xfce'].map((who) => `org.${who}.ScreenSaver`);

interface Signal {
  path: string;
  interface: string;
  member: string;
  signature?: string;
  body?: unknown[];
}

const sleep: Signal = {
  path: '/org/freedesktop/login1',
  interface: `${login1}.Manager`,
  member: 'PrepareForSleep',
  signature: 'b',
  body: [true],
};
const sessionLock: Signal = {
  path: '/org/freedesktop/login1/session/_31',
  interface: `${login1}.Session`,
  member: 'Lock',
};
const hostRegistered: Signal = {
  path: '/StatusNotifierWatcher',
  interface: watcher,
  member: 'StatusNotifierHostRegistered',
};

function screenLock(name: string): Signal {
  return { path: '/', interface: name, member: 'ActiveChanged', signature: 'b', body: [true] };
}

function ownerChanged(name: string, owner: string): Signal {
  const body = [name, '', owner];
  return {
    path: '/org/freedesktop/DBus',
    interface: daemon,
    member: 'NameOwnerChanged',
    signature: 'sss',
    body,
  };
}

let folder: string;
let bus: PrivateBus;
let desktop: LinuxDesktop;
let heard: string[];
const connections: MessageBus[] = [];

async function connect(): Promise<MessageBus> {
  const connection = sessionBus({ busAddress: bus.address });
  connections.push(connection);
  await once(connection as NodeJS.EventEmitter, 'connect');
  return connection;
}

async function askDaemon(from: MessageBus, member: string): Promise<unknown> {
  const reply = await from.call(
    new Message({ destination: daemon, path: '/org/freedesktop/DBus', interface: daemon, member }),
  );
  return reply?.body[0];
}

/** Sends these straight to everybody on the bus, and returns once the bus has passed them on. */
async function sendToAll(from: MessageBus, type: number, signals: readonly Signal[]): Promise<void> {
  const names = (await askDaemon(from, 'ListNames')) as string[];
  for (const destination of names.filter((name) => name.startsWith(':') && name !== from.name)) {
    for (const signal of signals) {
      from.send(new Message({ ...signal, type, destination }));
    }
  }
  await askDaemon(from, 'GetId');
}

/** A service as the desktop has it. The tray's says that a panel shows items. */
async function startService(name: string): Promise<MessageBus> {
  const service = await connect();
  service.addMethodHandler((call) => {
    if (call.member !== 'Get' || call.body[0] !== watcher) return false;
    service.send(Message.newMethodReturn(call, 'v', [new Variant('b', true)]));
    return true;
  });
  await service.requestName(name, 0);
  return service;
}

function broadcast(from: MessageBus, signal: Signal): void {
  from.send(new Message({ ...signal, type: MessageType.SIGNAL }));
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kh-bus-'));
  bus = await startPrivateBus(folder, 'bus');
  vi.stubEnv('DBUS_SESSION_BUS_ADDRESS', bus.address);
  vi.stubEnv('DBUS_SYSTEM_BUS_ADDRESS', bus.address);
  desktop = new LinuxDesktop({ info: () => undefined, warn: () => undefined, error: () => undefined });
  heard = [];
  desktop.signals.onScreenLock(() => heard.push('lock'));
  desktop.signals.onSuspend(() => heard.push('sleep'));
  desktop.trayHost.onChange(() => heard.push('tray'));
});

afterEach(async () => {
  desktop.close();
  for (const connection of connections.splice(0)) connection.disconnect();
  await bus.stop();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const everySignal = [sleep, sessionLock, hostRegistered, ...lockers.map(screenLock)];

for (const [when, names] of [
  ['nobody has the names', []],
  ['the services have them', [login1, watcher, ...lockers]],
] as const) {
  test(`signals from a stranger who sends them straight to us count for nothing while ${when}`, async () => {
    for (const name of names) await startService(name);
    await desktop.listen();
    const hasTray = names.length > 0;
    await expect.poll(() => desktop.trayHost.present).toBe(hasTray);
    const stranger = await connect();
    heard.length = 0;
    const claims = [login1, watcher, ...lockers].map((name) => ownerChanged(name, stranger.name ?? ''));
    await sendToAll(stranger, MessageType.SIGNAL, everySignal);
    await sendToAll(stranger, MessageType.SIGNAL, claims);
    await sendToAll(stranger, MessageType.SIGNAL, everySignal);
    await sendToAll(stranger, MessageType.METHOD_CALL, everySignal);

    // What the bus passes on after them, and that counts, shows that they were read.
    const late = names.length === 0 ? await startService('org.gnome.ScreenSaver') : null;
    const owner = late ?? connections.find((each) => each !== stranger);
    if (owner !== undefined) broadcast(owner, late === null ? sleep : screenLock('org.gnome.ScreenSaver'));
    await expect.poll(() => heard).toContain(late === null ? 'sleep' : 'lock');
    expect(heard).toHaveLength(1);
    expect(desktop.trayHost.present).toBe(hasTray);
  });
}

test('the owner of today counts, not that of yesterday', async () => {
  const name = 'org.gnome.ScreenSaver';
  const yesterday = await startService(name);
  await desktop.listen();
  broadcast(yesterday, screenLock(name));
  await expect.poll(() => heard).toEqual(['lock']);

  await yesterday.releaseName(name);
  await sendToAll(yesterday, MessageType.SIGNAL, [screenLock(name)]);
  const today = await startService(name);
  await sendToAll(yesterday, MessageType.SIGNAL, [screenLock(name)]);
  await sendToAll(today, MessageType.SIGNAL, [sleep]);
  broadcast(today, screenLock(name));
  await expect.poll(() => heard).toHaveLength(2);
  expect(heard).toEqual(['lock', 'lock']);
});

test('the tray is what its own service says, told by whoever has the name', async () => {
  await desktop.listen();
  expect(desktop.trayHost.present).toBe(false);
  const panel = await startService(watcher);
  await expect.poll(() => desktop.trayHost.present).toBe(true);
  const stranger = await connect();
  await sendToAll(stranger, MessageType.SIGNAL, [ownerChanged(watcher, '')]);
  broadcast(panel, hostRegistered);
  await panel.releaseName(watcher);
  await expect.poll(() => desktop.trayHost.present).toBe(false);
  expect(heard).toEqual(['tray', 'tray']);
});

/** An owner of the watcher's name that was asked, and has not answered yet. */
async function slowWatcher() {
  const yesterday = await connect();
  const kept: Message[] = [];
  yesterday.addMethodHandler((call) => {
    if (call.member === 'Get') kept.push(call);
    return call.member === 'Get';
  });
  await yesterday.requestName(watcher, 0);
  await expect.poll(() => kept).toHaveLength(1);
  return { yesterday, kept };
}

test('an answer that was kept back until the name was another’s counts for nothing', async () => {
  await desktop.listen();
  const { yesterday, kept } = await slowWatcher();
  const answerLate = async (call: Message | undefined): Promise<void> => {
    if (call !== undefined) yesterday.send(Message.newMethodReturn(call, 'v', [new Variant('b', true)]));
    await askDaemon(yesterday, 'GetId');
    // What the bus passes on after it shows that it was read.
    broadcast(await startService(login1), sleep);
    await expect.poll(() => heard).toContain('sleep');
  };
  await yesterday.releaseName(watcher);
  await answerLate(kept[0]);
  expect(desktop.trayHost.present, 'a tray that nobody is').toBe(false);
});

test('the answer of today’s owner stands, whenever that of yesterday comes', async () => {
  await desktop.listen();
  const { yesterday, kept } = await slowWatcher();
  await yesterday.releaseName(watcher);
  await startService(watcher);
  await expect.poll(() => desktop.trayHost.present).toBe(true);
  const [call] = kept;
  if (call !== undefined) yesterday.send(Message.newMethodReturn(call, 'v', [new Variant('b', false)]));
  await askDaemon(yesterday, 'GetId');
  broadcast(await startService('org.gnome.ScreenSaver'), screenLock('org.gnome.ScreenSaver'));
  await expect.poll(() => heard).toContain('lock');
  expect(desktop.trayHost.present).toBe(true);
});

test('an answer that nobody asked for is not taken for one', async () => {
  const stranger = await connect();
  const listening = desktop.listen();
  // Our calls are numbered from 1 on: each could be answered by somebody quick.
  for (let serial = 1; serial <= 40; serial++) {
    const names = (await askDaemon(stranger, 'ListNames')) as string[];
    for (const destination of names.filter((name) => name.startsWith(':') && name !== stranger.name)) {
      stranger.send(
        new Message({
          type: MessageType.METHOD_RETURN,
          destination,
          replySerial: serial,
          signature: 's',
          body: [stranger.name],
        }),
      );
    }
  }
  await listening;
  await sendToAll(stranger, MessageType.SIGNAL, everySignal);
  broadcast(await startService(login1), sleep);
  await expect.poll(() => heard).toEqual(['sleep']);
});
