import type { RegistryClient } from '../../contracts/domain/registry-client.ts';

// Not taken from the contract: the unlock screen would load its schemas with it.

/** What people call the clients that Keyhold sets up. */
export const clientNames: Readonly<Record<RegistryClient, string>> = { podman: 'Podman', docker: 'Docker' };

/** In the order of columns and lists. */
export const registryClients: readonly RegistryClient[] = ['podman', 'docker'];

/** The file that set-up edits. */
export const clientFileNames: Readonly<Record<RegistryClient, string>> = {
  podman: 'Podman’s auth file',
  docker: 'Docker’s config file',
};
