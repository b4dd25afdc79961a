import { hash, randomBytes } from 'node:crypto';

const base32Alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** What an id names: a user, organization, repository, grant, bot, group, invitation, API key, API token, project, branch, request for access, batch of changes of access, template of access. */
export type IdPrefix =
  'u' | 'o' | 'r' | 'g' | 'b' | 'grp' | 'inv' | 'key' | 'tok' | 'prj' | 'br' | 'req' | 'bat' | 'tpl';

/** A new random id such as `u_mfrggzdfmztwq2lk…`: the prefix and 128 bits in base32 (26 characters). */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${base32(randomBytes(16))}`;
}

/** The one id of that kind that belongs to these texts: what is made by it twice, is there already. */
export function idOf(prefix: IdPrefix, ...texts: readonly string[]): string {
  return `${prefix}_${base32(hash('sha256', JSON.stringify(texts), 'buffer').subarray(0, 16))}`;
}

/** Base32 of RFC 4648 in lower case, without padding. */
export function base32(bytes: Uint8Array): string {
  let text = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += base32Alphabet.charAt((buffer >> bits) & 31);
    }
    buffer &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + base32Alphabet.charAt((buffer << (5 - bits)) & 31);
}
