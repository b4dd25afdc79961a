import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface PrivateBus {
  readonly address: string;
  /**
   * Broadcasts a signal as the owner of a well-known name.
   * @param args in dbus-send's form: `boolean:true`
   */
  emit(sender: string, path: string, signal: string, ...args: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a real D-Bus daemon that nobody else is connected to. Its socket lies in `folder`. */
export async function startPrivateBus(folder: string, name: string): Promise<PrivateBus> {
  const address = `unix:path=${join(folder, name)}`;
  const daemon = spawn('dbus-daemon', [
    ...['--session', '--nofork', '--nopidfile', '--print-address'],
    `--address=${address}`,
  ]);
  const line = await firstLine(daemon);
  return {
    address: line,
    async emit(sender, path, signal, ...args) {
      const to = [`--bus=${line}`, `--sender=${sender}`, '--type=signal'];
      await run('dbus-send', [...to, path, signal, ...args]);
    },
    async stop() {
      const gone = once(daemon, 'exit');
      daemon.kill();
      await gone;
    },
  };
}

/** The daemon prints its address once it takes connections. */
async function firstLine(daemon: ChildProcess): Promise<string> {
  if (daemon.stdout === null) throw new Error('the bus has no output');
  for await (const line of createInterface({ input: daemon.stdout })) return line;
  throw new Error('the bus ended before it was ready');
}
