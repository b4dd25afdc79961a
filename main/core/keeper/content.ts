import { remoteFileMax } from '../../../contracts/domain/remote-key.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { FileDialogs, SmallFiles } from '../ports.ts';
import type { Vault } from '../vault/vault.ts';

/** What is signed or encrypted: what a person typed, or a file that they choose. */
export type Content = { from: 'text'; text: string } | { from: 'file' };

export interface ContentDeps {
  vault: Pick<Vault, 'requireUnlocked'>;
  dialogs: Pick<FileDialogs, 'open'>;
  smallFiles: SmallFiles;
}

/**
 * The bytes of a content. The path of a file stays here.
 *
 * @returns Null where the person chose no file.
 * @throws KeyholdError `file_too_large`; `storage_failed` for what cannot be read; `vault_locked`.
 */
export async function bytesOf(
  { vault, dialogs, smallFiles }: ContentDeps,
  content: Content,
  title: string,
): Promise<{ fileName: string | null; bytes: Buffer } | null> {
  if (content.from === 'text') return { fileName: null, bytes: Buffer.from(content.text, 'utf8') };
  const chosen = await dialogs.open({ title });
  if (chosen === null) return null;
  // The dialog may have been open for long.
  vault.requireUnlocked();
  const bytes = await smallFiles.read(chosen.path, remoteFileMax);
  if (bytes === 'missing') throw new KeyholdError('storage_failed');
  if (bytes === 'too_large') throw new KeyholdError('file_too_large');
  return { fileName: chosen.name, bytes };
}

/**
 * Base64 as a keeper takes it, of what was pasted: line breaks do not count.
 *
 * @throws KeyholdError `not_base64`.
 */
export function pastedBase64(pasted: string): string {
  const text = pasted.replace(/\s+/g, '');
  if (text === '' || Buffer.from(text, 'base64').toString('base64') !== text)
    throw new KeyholdError('not_base64');
  return text;
}
