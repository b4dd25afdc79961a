import type { ClientFileFault } from './client-file.ts';

// A file of its own, without schemas: the unlock screen loads it.

/** What is wrong with a client’s file, behind “It” or its path. */
export const faultWords: Readonly<Record<ClientFileFault, string>> = {
  empty: 'is empty',
  folder: 'is a folder',
  special: 'is no file: a pipe, a socket or a device',
  no_access: 'is not yours to read, or its path leads nowhere',
  too_large: 'is over 64 MiB, more than Keyhold reads',
  encoding: 'is not in UTF-8',
  byte_order_mark: 'begins with a byte order mark, which makes it invalid JSON',
  not_json: 'is not valid JSON',
  other_form: 'is valid JSON, but not in the form that its programs read',
  twice: 'names credHelpers or this registry twice, which its programs may read differently',
};
