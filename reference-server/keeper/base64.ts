import { KeeperError } from '../http/keeper-error.ts';

/**
 * Reads standard base64 in its one spelling.
 *
 * @param field - What it is called, for the words.
 * @throws KeeperError INVALID_BASE64
 */
export function readBase64(field: string, text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') === text) return bytes;
  throw new KeeperError('INVALID_BASE64', `${field} is no base64 (the standard alphabet, with padding).`);
}
