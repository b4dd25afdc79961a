import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { programOnPath } from '../../scripts/setup/system-needs.mjs';
import type { Home } from '../e2e/launch.ts';

const helper = 'docker-credential-secretservice';
const needed = [helper, 'gnome-keyring-daemon', 'dbus-run-session'];

/** An unlocked GNOME keyring on a D-Bus session of its own, which Docker's helper for it talks to. */
export interface Keyring {
  /** Docker's helper; its first argument is what to do. */
  readonly helper: string;
  /** The environment in which the helper finds this keyring. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** What of the keyring and its helper is not on this machine; empty when all is. */
export function missingForKeyring(): string[] {
  return needed.filter((program) => programOnPath(program) === null);
}

/**
 * The daemon leaves with its bus, and the bus when standard input ends: also when the benchmark is killed. The
 * password is for a keyring that lives as long as this run.
 */
const session = `
printf bench | gnome-keyring-daemon --unlock --components=secrets >/dev/null || exit
printf '%s\\n' "$DBUS_SESSION_BUS_ADDRESS"
exec cat`;

/** Starts a keyring in a home. Throws with what it wrote when it does not start. */
export async function startKeyring(home: Home): Promise<Keyring> {
  const path = programOnPath(helper);
  if (path === null) throw new Error(`${helper} is not on this machine.`);
  const child = spawn('dbus-run-session', ['--', 'sh', '-c', session], {
    env: home.env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const address = await firstLine(child);
  return {
    helper: path,
    env: { ...home.env, DBUS_SESSION_BUS_ADDRESS: address },
    stop: async () => {
      const closed = once(child, 'close');
      child.stdin.end();
      await closed;
    },
  };
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
