import { join } from 'node:path';
import { ThreadKeyFileKdf } from '../../../../../main/adapters/key-file-kdf.ts';
import { findPrivateKeys } from '../../../../../main/core/credentials/keys/import/find-keys.ts';
import { openPrivateKey } from '../../../../../main/core/credentials/keys/import/found-key.ts';

/** The app's own, with the program of its thread as source. */
export const keyFileKdf = new ThreadKeyFileKdf(
  join(import.meta.dirname, '../../../../../main/adapters/key-file-kdf-worker.ts'),
);

/** The seed of the one private key of a text. Throws as the import does, and Error when there are several. */
export async function onlyKey(text: Buffer, passphrase: Buffer | null): Promise<Buffer> {
  const [key, ...others] = findPrivateKeys(text);
  if (key === undefined || others.length > 0) throw new Error('several');
  return (await openPrivateKey(key, passphrase, keyFileKdf)).seed;
}
