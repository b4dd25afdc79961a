import type { ClientFileFault } from '../../../contracts/domain/client-file.ts';
import type { RegistryClient } from '../../../contracts/domain/registry-client.ts';
import type { ErrorDetails } from '../../../contracts/errors.ts';

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

/** Why it cannot be written, and what to do. */
export const obstacleWords: Readonly<Record<NonNullable<ErrorDetails['obstacle']>, string>> = {
  read_only: 'Its file system is read-only. If another program manages the file, add the entry there.',
  no_access: 'It or its folder is not yours to write. Change its rights, then try again.',
  full: 'The disk is full. Free some space, then try again.',
};

/** What is wrong with it, as the state of a client. */
export const faultStates: Readonly<Record<ClientFileFault, string>> = {
  empty: 'File empty',
  folder: 'Not a file',
  special: 'Not a file',
  no_access: 'File unreadable',
  too_large: 'File too large',
  encoding: 'File not UTF-8',
  byte_order_mark: 'File not JSON',
  not_json: 'File not JSON',
  other_form: 'File malformed',
  twice: 'File malformed',
};
