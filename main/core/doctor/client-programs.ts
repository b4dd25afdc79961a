import type { RegistryClient } from '../../../contracts/domain/registry-client.ts';
import type { Programs } from '../ports.ts';

/** The programs of a client, of which one is enough. */
const programsOf: Readonly<Record<RegistryClient, readonly string[]>> = {
  podman: ['skopeo', 'buildah', 'podman'],
  docker: ['docker'],
};

/** A program that was found on PATH. */
interface ClientProgram {
  name: string;
  file: string;
}

/** The programs of a client that are installed. */
export async function programsHere(
  programs: Pick<Programs, 'find'>,
  client: RegistryClient,
): Promise<ClientProgram[]> {
  const found: ClientProgram[] = [];
  for (const name of programsOf[client]) {
    const file = await programs.find(name);
    if (file !== null) found.push({ name, file });
  }
  return found;
}

/** How long a program may take to tell of itself, milliseconds. */
const timeoutMs = 5000;

/**
 * Whether one of a client's programs is of a version, or newer: of those that are installed. One that does not say is
 * taken for new.
 *
 * @param since - The first such version of each program, as `[major, minor]`.
 */
export async function isAnyFrom(
  programs: Programs,
  client: RegistryClient,
  since: Readonly<Record<string, readonly [number, number]>>,
): Promise<boolean> {
  for (const { name, file } of await programsHere(programs, client)) {
    const end = await programs.run(file, ['--version'], '', timeoutMs);
    const version = /version v?(\d+)\.(\d+)/i.exec(end.kind === 'ended' ? end.stdout : '');
    const [major, minor] = since[name] ?? [0, 0];
    if (version === null) return true;
    const isNewer =
      Number(version[1]) > major || (Number(version[1]) === major && Number(version[2]) >= minor);
    if (isNewer) return true;
  }
  return false;
}
