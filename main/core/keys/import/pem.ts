import { KeyholdError } from '../../../../contracts/errors.ts';

const characters = /^[A-Za-z0-9+/\s]*={0,2}\s*$/;

/**
 * The bytes between a PEM file's lines (RFC 7468); text before and after them is let pass.
 *
 * @param label - As in `-----BEGIN <label>-----`.
 * @returns Bytes that the caller zeroes.
 * @throws KeyholdError `import_damaged` when the end is missing or the base64 is none.
 */
export function pemBody(text: Buffer, label: string): Buffer {
  const begin = `-----BEGIN ${label}-----`;
  const from = text.indexOf(begin);
  const to = text.indexOf(`-----END ${label}-----`, from);
  if (from < 0 || to < 0) throw new KeyholdError('import_damaged');
  const body = text.subarray(from + begin.length, to).toString('latin1');
  if (!characters.test(body)) throw new KeyholdError('import_damaged');
  return Buffer.from(body, 'base64');
}
