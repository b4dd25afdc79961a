import { KeyholdError } from '../../../../../contracts/errors.ts';
import { base64Bytes, unescaped } from './readable-text.ts';

/** What stands between the lines of a PEM file. */
export interface PemBlock {
  /** As in `-----BEGIN <label>-----`. */
  label: string;
  /** Null when its last line is missing. */
  body: string | null;
}

const begin = /-----BEGIN ([A-Z0-9][A-Za-z0-9 _.#-]{0,60}?)-----/g;
/** Less cannot be a part of a key. */
const someBase64 = /[A-Za-z0-9+/]{32}/;

/**
 * The blocks of a PEM file (RFC 7468), in their order, wherever they stand; what is around them is let pass: comments,
 * bag attributes, quotes, indentation. Ends of lines may be written out as `\n`.
 */
export function pemBlocks(text: string): PemBlock[] {
  if (!text.includes('-----BEGIN ')) return [];
  const plain = unescaped(text);
  const begins = [...plain.matchAll(begin)];
  const blocks = begins.map((found, index) => {
    const [line, label = ''] = found;
    // An end that belongs to a later block is not this one's.
    const rest = plain.slice(found.index + line.length, begins[index + 1]?.index);
    const end = rest.indexOf(`-----END ${label}-----`);
    return { label, rest, body: end < 0 ? null : rest.slice(0, end) };
  });
  // A comment that quotes a first line is not half a key.
  const whole = blocks.filter(({ body, rest }) => body !== null || someBase64.test(rest));
  return whole.length > 0 ? whole : blocks;
}

/**
 * Whether a text has the remains of a private key's frame: a line that is missing, dashes or blanks that became others.
 */
export function isHalfFramed(text: string): boolean {
  return /\b(?:BEGIN|END)\W[\w\s&;%+]{0,50}?PRIVATE\W[\w\s&;%+]{0,10}?KEY\b/.test(text);
}

/** Lines such as `Comment: …` that come before the content (RFC 1421, section 4.4), and the one that ends them. */
const headers = /^\s*(?:[A-Za-z][A-Za-z0-9-]*:[^\n]*\n(?:[ \t][^\n]*\n)*)+/;

/**
 * The bytes of a block. The caller zeroes them.
 *
 * @throws KeyholdError `import_damaged` when its end is missing or its base64 is none; `import_unsupported` when it is
 *   encrypted as RFC 1421 has it.
 */
export function pemBytes({ body }: PemBlock): Buffer {
  if (body === null) throw new KeyholdError('import_damaged');
  if (/^Proc-Type:[^\n]*ENCRYPTED/m.test(body)) throw new KeyholdError('import_unsupported');
  // Marks of quoted mails and of comments are let pass, as RFC 2045 (section 6.8) has it. Not the digits' number:
  // one too many would shift the others, and PKCS#8 has nothing that tells.
  const bytes = base64Bytes(body.replace(headers, '').replaceAll(/[^A-Za-z0-9+/=_-]+/g, ''));
  if (bytes === null) throw new KeyholdError('import_damaged');
  return bytes;
}
