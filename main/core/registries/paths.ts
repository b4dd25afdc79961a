import { join } from 'node:path';
import type { PerClient } from '../../../contracts/domain/registry-client.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The file name by which Podman and Docker find the helper that auth files call `keyhold`. */
export const helperProgram = 'docker-credential-keyhold';

/**
 * The auth file of Podman, Skopeo and Buildah that set-up edits: containers-auth.json(5), the one that outlives a
 * session. `sessionFile` is the other one.
 */
export function podmanAuthFile(env: Environment, home: string): string {
  const configHome = env['XDG_CONFIG_HOME'];
  const folder = configHome === undefined || configHome === '' ? join(home, '.config') : configHome;
  return join(folder, 'containers', 'auth.json');
}

/**
 * Where `podman login` writes on Linux, gone with the session, and where its programs look first:
 * containers-auth.json(5). Null on other systems, or where `REGISTRY_AUTH_FILE` names another.
 *
 * @param userId - The number of the user whose file it is.
 */
export function sessionFile(env: Environment, platform: string, userId: number): string | null {
  if (platform !== 'linux' || (env['REGISTRY_AUTH_FILE'] ?? '') !== '') return null;
  const runtime = env['XDG_RUNTIME_DIR'] ?? '';
  const folder = runtime === '' ? join('/run/containers', String(userId)) : join(runtime, 'containers');
  return join(folder, 'auth.json');
}

/**
 * Docker's configuration, which also holds its credentials and helpers: `config.json` in the folder that
 * `DOCKER_CONFIG` names, else in `~/.docker`.
 */
export function dockerConfigFile(env: Environment, home: string): string {
  const folder = env['DOCKER_CONFIG'];
  return join(folder === undefined || folder === '' ? join(home, '.docker') : folder, 'config.json');
}

/** The file of each client that set-up edits. */
export function clientFiles(env: Environment, home: string): PerClient<string> {
  return { podman: podmanAuthFile(env, home), docker: dockerConfigFile(env, home) };
}

/** Where the helper is installed: the user's own folder of programs, which most desktops have on PATH. */
export function helperPath(home: string): string {
  return join(home, '.local', 'bin', helperProgram);
}
