import { preparedPassphrase } from '../../../contracts/domain/passphrase.ts';
import { wipe } from './bytes.ts';

/** No ASCII text has a second spelling, so that it need not become a string. */
function isAscii(text: Buffer): boolean {
  return text.every((byte) => byte < 0x80);
}

/** A new passphrase as it is kept from now on, in a buffer of its own: UTF-8, the caller zeroes both. */
export function newSpelling(typed: Buffer): Buffer {
  return Buffer.from(isAscii(typed) ? typed : preparedPassphrase(typed.toString('utf8')));
}

/**
 * Every spelling under which a passphrase may have been set, each once, in buffers of their own. An older Keyhold and
 * other programs took the bytes as their keyboard made them: composed letters on most, decomposed ones on some.
 */
function spellings(typed: Buffer, first: 'prepared' | 'typed'): Buffer[] {
  if (isAscii(typed)) return [Buffer.from(typed)];
  const text = typed.toString('utf8');
  const prepared = preparedPassphrase(text);
  const likely = first === 'prepared' ? [prepared, text] : [text, prepared];
  const each = new Set([...likely, text.normalize('NFC'), text.normalize('NFD')]);
  return Array.from(each, (spelling) => Buffer.from(spelling, 'utf8'));
}

/**
 * Opens something by a passphrase: tries its spellings one after the other until one fits.
 *
 * @param typed - UTF-8; the caller zeroes it, at whatever time.
 * @param first - `prepared` for what Keyhold made, `typed` for what others did.
 * @param open - Null, or a promise of it, when that spelling does not fit.
 */
export async function tryEachSpelling<T>(
  typed: Buffer,
  first: 'prepared' | 'typed',
  open: (spelling: Buffer) => Promise<T | null>,
): Promise<T | null> {
  const all = spellings(typed, first);
  try {
    for (const spelling of all) {
      const opened = await open(spelling);
      if (opened !== null) return opened;
    }
    return null;
  } finally {
    wipe(...all);
  }
}
