import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Home } from '../e2e/launch.ts';

/** What a keyring needs on this machine. */
export const keyringPrograms = ['gnome-keyring-daemon', 'dbus-run-session'] as const;

/** An unlocked GNOME keyring on a D-Bus session of its own. */
export interface Keyring {
  /** The home's environment with the session that has this keyring. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/**
 * The daemon leaves with its bus, and the bus when standard input ends: also when the test is killed. The password is
 * for a keyring in a temporary home.
 */
const session = `
printf test | gnome-keyring-daemon --unlock --components=secrets >/dev/null || exit
printf '%s\\n' "$DBUS_SESSION_BUS_ADDRESS"
exec cat`;

/** Starts a keyring whose files lie in this home. Throws with what it wrote when it does not start. */
export async function startKeyring(home: Home): Promise<Keyring> {
  const child = spawn('dbus-run-session', ['--', 'sh', '-c', session], {
    env: home.env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const address = await firstLine(child);
  return {
    // The desktop's name is what Chromium chooses the keychain by.
    env: { ...home.env, DBUS_SESSION_BUS_ADDRESS: address, XDG_CURRENT_DESKTOP: 'GNOME' },
    stop: async () => {
      // Not 'close': services that the bus started may hold its standard error for a while.
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}

/** Deletes the keyring's files, as someone does who resets it. The keyring must not run. */
export function wipeKeyring(home: Home): void {
  rmSync(join(home.folder, '.local', 'share', 'keyrings'), { recursive: true });
}

async function firstLine(child: ChildProcess): Promise<string> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('The keyring was started without pipes.');
  let errors = '';
  stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const line = once(createInterface({ input: stdout }), 'line').then(([text]) => String(text));
  return Promise.race([
    line,
    once(child, 'close').then(() => {
      throw new Error(`The keyring did not start:\n${errors}`);
    }),
  ]);
}
