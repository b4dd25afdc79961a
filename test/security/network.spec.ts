import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, passphrase, test } from '../e2e/fixtures.ts';
import { launchApp } from '../e2e/launch.ts';
import { makeVault } from '../e2e/make-vault.ts';
import { tryEveryWayOut, type Outside } from './ways-out.ts';
import { inMain } from '../support/in-main.ts';

const domain = 'keyhold-window.test';

/** Listeners on this computer for whatever comes by TCP, by UDP and by multicast DNS (RFC 6762). */
async function listen(): Promise<{ outside: Outside; heard: string[]; close: () => void }> {
  const heard: string[] = [];
  const tcp = createServer((socket) => {
    heard.push('tcp');
    socket.on('error', () => undefined).end();
  });
  const udp = createSocket('udp4').on('message', () => heard.push('udp'));
  const multicast = createSocket({ type: 'udp4', reuseAddr: true }).on('message', (packet) => {
    // Other programs of this computer may speak there too; ours would carry these.
    if (/keyhold|NOTFOUND/.test(packet.toString('latin1'))) heard.push('mdns');
  });
  tcp.listen(0, '127.0.0.1');
  udp.bind(0, '127.0.0.1');
  multicast.bind(5353);
  await Promise.all([once(tcp, 'listening'), once(udp, 'listening'), once(multicast, 'listening')]);
  multicast.addMembership('224.0.0.251');
  const [tcpPort, udpPort] = [(tcp.address() as AddressInfo).port, udp.address().port];
  const close = (): void => {
    tcp.close();
    udp.close();
    multicast.close();
  };
  return { outside: { tcpPort, udpPort, domain }, heard, close };
}

interface NetLog {
  constants: { logEventTypes: Record<string, number> };
  events: { type: number; params?: Record<string, unknown> }[];
}

/** Entries of Chromium's network log that stand for bytes on their way, or for a name that is looked up. */
const leaving = /^(TCP_CONNECT_ATTEMPT|UDP_BYTES_SENT|DNS_TRANSACTION|HOST_RESOLVER_MANAGER_JOB)$/;
const deadEnd = '[ff0e::1]:1';

/** What left Chromium by its own log; attempts to reach the dead end, which the kernel refuses, are left out. */
function left(file: string): string[] {
  const { constants, events } = JSON.parse(readFileSync(file, 'utf8')) as NetLog;
  const names = new Map(Object.entries(constants.logEventTypes).map(([name, number]) => [number, name]));
  return events.flatMap(({ type, params = {} }) => {
    const event = names.get(type) ?? '';
    const refused = params['address'] === deadEnd || params['os_error'] !== undefined;
    return leaving.test(event) && !refused ? [`${event} ${JSON.stringify(params)}`] : [];
  });
}

test('no script in a window gets a byte out, by whatever way', async ({ home }) => {
  await makeVault(join(home.dataFolder, 'vault.db'), passphrase);
  const { outside, heard, close } = await listen();
  // From the first moment on: what Chromium does of itself counts as well.
  const log = join(home.folder, 'net-log.json');
  const app = await launchApp(home, { args: [`--log-net-log=${log}`, '--net-log-capture-mode=Everything'] });
  await app.window.evaluate(tryEveryWayOut, outside);
  // The page of the approval window, and one that main makes itself, as windows of whatever kind are made.
  for (const page of ['approval.html', 'index.html']) {
    await inMain(
      app.electron,
      async ({ BrowserWindow }, { address, script }) => {
        const window = new BrowserWindow({ show: false });
        await window.loadURL(address);
        await window.webContents.executeJavaScript(script);
      },
      {
        address: `app://keyhold/${page}`,
        script: `(${tryEveryWayOut.toString()})(${JSON.stringify(outside)})`,
      },
    );
  }
  const open = app.electron.windows().length;
  expect(open).toBe(3);
  await app.electron.close();
  expect(heard).toEqual([]);
  expect(left(log)).toEqual([]);
  expect(home.openedLinks()).toEqual([]);
  close();
});

test('the listeners hear a window that is let out', async ({ maya: app }) => {
  const { outside, heard, close } = await listen();
  const id = await inMain(
    app.electron,
    async ({ BrowserWindow }, script) => {
      const window = new BrowserWindow({ show: false, webPreferences: { partition: 'let-out' } });
      window.webContents.setWebRTCIPHandlingPolicy('default');
      await window.loadURL('about:blank');
      // Not awaited: WebRTC takes long to give up what it can reach.
      void window.webContents.executeJavaScript(script);
      return window.id;
    },
    `(${tryEveryWayOut.toString()})(${JSON.stringify(outside)})`,
  );
  await expect.poll(() => [...new Set(heard)].sort()).toEqual(expect.arrayContaining(['tcp', 'udp']));
  await inMain(app.electron, ({ BrowserWindow }, escaped) => BrowserWindow.fromId(escaped)?.destroy(), id);
  close();
});

test('every window is of the session without network, however it came to be', async ({ maya: app }) => {
  const found = await inMain(app.electron, async ({ BrowserWindow, session }) => {
    const made = new BrowserWindow({ show: false });
    const policy = made.webContents.getWebRTCIPHandlingPolicy();
    const ours = BrowserWindow.getAllWindows().every(
      ({ webContents }) =>
        webContents.session === session.defaultSession && webContents.getWebRTCIPHandlingPolicy() === policy,
    );
    made.destroy();
    const ways = ['https://registry.example/', 'http://127.0.0.1:8970/', 'http://localhost/', 'ws://[::1]/'];
    const proxies = await Promise.all(ways.map((way) => session.defaultSession.resolveProxy(way)));
    return { policy, ours, proxies: [...new Set(proxies)] };
  });
  expect(found).toEqual({
    policy: 'disable_non_proxied_udp',
    ours: true,
    proxies: [`PROXY ${deadEnd}`],
  });
});
