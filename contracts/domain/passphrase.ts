/** Spaces that look like the one of the space bar: keyboards make them with a further key held down. */
const otherSpaces = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g;

/**
 * The one spelling of a passphrase, as RFC 8265 (section 4.2.2, OpaqueString) has it: every space is U+0020, then
 * Unicode's form C, in which a letter and its accent are one character. All else stays as it was typed.
 */
export function preparedPassphrase(typed: string): string {
  return typed.replace(otherSpaces, ' ').normalize('NFC');
}
