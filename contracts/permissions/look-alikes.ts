/*
 * Characters that pass for others. Permissions and key ids are ASCII, so that a rule with one of these grants or denies nothing
 * that there is, while it looks as if it did.
 */

/** Letters and signs of other scripts that are drawn like those of ASCII in most fonts, by what they look like. */
const drawnAlike: Readonly<Record<string, string>> = {
  a: 'аɑα',
  b: 'ƄЬ',
  c: 'сϲᴄⅽ',
  d: 'ԁⅾ',
  e: 'еҽ℮',
  g: 'ɡց',
  h: 'һհ',
  i: 'іıɩιⅰ',
  j: 'јϳ',
  k: 'κкᴋ',
  l: 'ӏⅼ׀اןⲒ',
  m: 'ⅿ',
  n: 'ոпη',
  o: 'оοօسہ੦౦ഠ๐໐ං',
  p: 'рρ⍴',
  q: 'ԛգ',
  r: 'гᴦⲅ',
  s: 'ѕꜱ',
  t: 'тτᴛ',
  u: 'υսᴜʋ',
  v: 'νѵᴠⅴ',
  w: 'ԝաᴡѡ',
  x: 'хχⅹ×',
  y: 'уүγყ',
  z: 'ᴢ',
  '-': '‐‑‒–—―−˗⁃­',
  '*': '∗⁎✱✲٭',
  '.': '․。·٠۰܁܂꘎𐩐',
  ':': '։׃܃܄∶ꓽ︰ː˸',
};
const likenesses = new Map(
  Object.entries(drawnAlike).flatMap(([ascii, others]) =>
    Array.from(others, (other): [string, string] => [other, ascii]),
  ),
);

/** Controls, marks that join what is before them, and what is drawn as nothing or turns the direction of the text. */
const unseen = /^[\p{Cc}\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}\u2800]$/u;

export interface LookAlike {
  /** UTF-16 units from the text's start. */
  at: number;
  length: number;
  /** The character of ASCII; empty where nothing is to be seen. */
  looksLike: string;
}

/** How many are told of one text: those behind them once these are written otherwise. */
const lookAlikesMax = 8;

/** The first characters of a text that look like one of ASCII, or like nothing, in their order. */
export function findLookAlikes(text: string): LookAlike[] {
  const found: LookAlike[] = [];
  for (let at = 0; at < text.length && found.length < lookAlikesMax; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x20 && unit <= 0x7e) continue;
    const code = text.codePointAt(at) ?? unit;
    const length = code > 0xff_ff ? 2 : 1;
    const looksLike = likenessOf(code);
    if (looksLike !== null) found.push({ at, length, looksLike });
    at += length - 1;
  }
  return found;
}

/** By code point: texts of millions of letters have few different ones. */
const known = new Map<number, string | null>();

function likenessOf(code: number): string | null {
  let looksLike = known.get(code);
  if (looksLike === undefined) {
    looksLike = findLikeness(String.fromCodePoint(code));
    known.set(code, looksLike);
  }
  return looksLike;
}

function findLikeness(character: string): string | null {
  const drawn = likenesses.get(character) ?? likenesses.get(character.toLowerCase());
  if (drawn !== undefined) return drawn;
  if (unseen.test(character)) return '';
  // Full-width letters, mathematical ones, letters in circles and the like.
  const plain = character.normalize('NFKC');
  return /^[\x21-\x7e]$/.test(plain) ? plain : null;
}
