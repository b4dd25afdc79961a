import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** An X server of a test's own, so that keys reach nothing else. Linux only. */
export interface VirtualDisplay {
  /** Value for DISPLAY. */
  name: string;
  stop(): Promise<void>;
}

export async function startDisplay(): Promise<VirtualDisplay> {
  const server: ChildProcess = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1400x900x24'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const ended = once(server, 'exit');
  const numbers = server.stdio[3];
  if (!numbers) throw new Error('Xvfb has no pipe for its number');
  const first = await Promise.race([once(numbers, 'data'), ended.then(() => null)]);
  if (first === null) throw new Error('Xvfb did not start');
  return {
    name: `:${String(first[0]).trim()}`,
    async stop() {
      server.kill();
      await ended;
    },
  };
}
