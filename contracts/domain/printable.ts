/**
 * What the eye does not see, what moves or turns the text around it, and what terminals obey: controls (line feeds and
 * escapes among them), format characters such as those that turn the direction (UAX #9), separators of lines, halves
 * of surrogate pairs, and all that is drawn as nothing (UAX #44, Default_Ignorable_Code_Point).
 */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;
/** What joins the pictures of one emoji is seen as that emoji. */
const emojiJoint =
  /(?<=\p{Extended_Pictographic}\uFE0F?)\u200D(?=\p{Extended_Pictographic})|(?<=\p{Extended_Pictographic})\uFE0F/u;
const spaces = /\p{Zs}/gu;
/** More than four marks on one letter are no writing, and are drawn over the lines around it. */
const piledMarks = /(\p{M}{4})\p{M}+/gu;

const unseenOrJoint = new RegExp(`(${emojiJoint.source})|${unseen.source}`, 'gu');

/** Longest text that `printable` leaves whole, UTF-16 units. */
const printableMax = 300;

/**
 * A text from elsewhere as one line that can be printed anywhere: on a terminal, in a menu, in a sentence. What cannot
 * be seen is written as `\u{…}`, so that two texts that differ also look different; unusual spaces become plain ones.
 *
 * @param most - Longest answer, UTF-16 units; what is longer is cut, with `…` at its end.
 */
export function printable(text: string, most = printableMax): string {
  // No more than that can be in the answer.
  const line = written(text.slice(0, most + 1), escaped)
    .replace(spaces, ' ')
    .replace(piledMarks, '$1');
  return line.length <= most ? line : `${cut(line, most - 1)}…`;
}

/** As `printable`, for texts of several lines: line feeds and tabs stay, and nothing is cut. */
export function printableText(text: string): string {
  return written(text, (character) => (/[\n\t]/.test(character) ? character : escaped(character)));
}

/**
 * JSON (RFC 8259) that means the same and whose characters all can be seen: those in strings that cannot are written as
 * `\uXXXX`. Line feeds can only be between its tokens, and stay.
 */
export function printableJson(json: string): string {
  return written(json, (character) => {
    if (character === '\n') return character;
    const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}

/**
 * A value with `printableText` of each text in it, names of members excepted. Bytes and dates stay as they are.
 *
 * @param verbatim - Names of members that stay as they are with all that is in them.
 */
export function printableDeep(value: unknown, verbatim: readonly string[] = []): unknown {
  if (typeof value === 'string') return printableText(value);
  if (Array.isArray(value)) return value.map((each) => printableDeep(each, verbatim));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      verbatim.includes(name) ? member : printableDeep(member, verbatim),
    ]),
  );
}

function written(text: string, write: (character: string) => string): string {
  return text.replace(unseenOrJoint, (character, joint?: string) => joint ?? write(character));
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** Not between the halves of a surrogate pair. */
function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}
