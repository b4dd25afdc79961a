import type { RegistryClient } from '../../../contracts/domain/registry-client.ts';
import type { Programs } from '../ports.ts';

/** The programs of a client, of which one is enough. */
const programsOf: Readonly<Record<RegistryClient, readonly string[]>> = {
  podman: ['skopeo', 'buildah', 'podman'],
  docker: ['docker'],
};

/** A program that was found on PATH. */
export interface ClientProgram {
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
