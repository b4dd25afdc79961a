/**
 * What a registries.conf says about credential helpers: containers-registries.conf(5). Only this one key is read; it
 * stands before all tables.
 */
export interface HelperList {
  helpers: string[];
  /** The key stands on a line of its own, with its whole value. */
  oneLine: boolean;
}

const key = /^[ \t]*(?:credential-helpers|"credential-helpers"|'credential-helpers')[ \t]*=[ \t]*\[/im;
const firstTable = /^[ \t]*\[/m;

/** @returns null when the file does not set the key */
export function readHelperList(text: string): HelperList | null {
  // Older clients stop at a byte order mark, which is theirs to say.
  const top = topLevel(text.replace(/^\uFEFF/, ''));
  const match = key.exec(top);
  if (match === null) return null;
  const start = match.index + match[0].length;
  const list = upToBracket(top.slice(start));
  return { helpers: list.items, oneLine: !list.text.includes('\n') };
}

/** The keys before the first table. A list's own lines may begin with a bracket only inside another list. */
function topLevel(text: string): string {
  const table = firstTable.exec(text);
  return table === null ? text : text.slice(0, table.index);
}

/** The strings of a list, up to the bracket that closes it; what stands in comments is none of them. */
function upToBracket(text: string): { items: string[]; text: string } {
  const items: string[] = [];
  const token = /"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'|#[^\n]*|\]/g;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[0] === ']') return { items, text: text.slice(0, match.index) };
    const item = match[1] ?? match[2];
    if (item !== undefined) items.push(item);
  }
  return { items, text };
}
