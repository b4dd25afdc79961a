import { isAbsolute, join } from 'node:path';

/**
 * Where the agent listens and the helper asks. The shell scripts work the same path out:
 * resources/bin/ask-keyhold.sh.
 *
 * @param platform - as `process.platform` names it
 * @param home - the user's home folder
 * @returns a path of a Unix socket, on Windows the name of a pipe
 */
export function agentSocketPath(
  env: Readonly<Record<string, string | undefined>>,
  platform: string,
  home: string,
): string {
  if (platform === 'win32') return `\\\\.\\pipe\\keyhold-agent-${env['USERNAME'] ?? 'user'}`;
  return join(socketFolder(env, platform, home), 'agent.sock');
}

function socketFolder(
  env: Readonly<Record<string, string | undefined>>,
  platform: string,
  home: string,
): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Keyhold');
  const named = [env['XDG_RUNTIME_DIR'], env['XDG_STATE_HOME']];
  // A relative one would be another folder for each program: as the XDG Base Directory Specification says, it does not
  // count.
  const folder = named.find((path) => path !== undefined && isAbsolute(path));
  return join(folder ?? join(home, '.local', 'state'), 'keyhold');
}

/** Whether the path names a pipe, which has no folder, no mode and nothing left over of it. */
export function isPipe(socketPath: string): boolean {
  return socketPath.startsWith('\\\\.\\pipe\\');
}

/**
 * Whether the path is too long for a socket's address: `sun_path` has room for 108 bytes on Linux and 104 on macOS, the
 * closing zero included (unix(7)).
 */
export function isSocketPathTooLong(socketPath: string, platform: string): boolean {
  const room = platform === 'darwin' ? 104 : 108;
  return !isPipe(socketPath) && Buffer.byteLength(socketPath) >= room;
}
