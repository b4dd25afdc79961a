import { faultWords } from '../../../contracts/domain/client-file-words.ts';
import type { ErrorWords } from '../../lib/error-text.ts';
import { clientFileNames, clientNames, obstacleWords } from './client-words.ts';

/** Words for the errors of registries and their clients. */
export const registryErrors = {
  no_registry: {
    title: 'The service has no registry',
    advice: 'There is nothing to set up in this context.',
  },
  auth_file_invalid: ({ client = 'podman', fault = 'not_json' }) => ({
    title: `${clientFileNames[client]} cannot be read`,
    advice: `It ${faultWords[fault]}, so Keyhold left it as it is. Repair the file or move it away, then try again.`,
  }),
  auth_file_not_written: ({ client = 'podman', obstacle = 'no_access' }) => ({
    title: `${clientFileNames[client]} cannot be written`,
    advice: `${obstacleWords[obstacle]} Nothing was changed.`,
  }),
  auth_file_entry_foreign: ({ client = 'podman' }) => ({
    title: 'Another credential helper is set for this registry',
    advice: `Keyhold left it as it is. Take its entry out of ${clientFileNames[client]}, then set ${clientNames[client]} up again.`,
  }),
  nothing_to_undo: ({ client = 'podman' }) => ({
    title: 'There is nothing to undo',
    advice: `The entry that Keyhold made is no longer in ${clientFileNames[client]}.`,
  }),
} satisfies Partial<ErrorWords>;
