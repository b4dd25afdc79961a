/** A field's text before and behind what takes the place of `from` to `to`. */
export interface Edit {
  from: number;
  to: number;
  text: string;
}

/**
 * Changes a field's text as typing does, so that Ctrl+Z takes it back, and leaves the caret behind it. `execCommand` is
 * deprecated, and the only way to that.
 */
export function editField(field: HTMLTextAreaElement, { from, to, text }: Edit): void {
  field.focus();
  field.setSelectionRange(from, to);
  const name = text === '' ? 'delete' : 'insertText';
  if (from === to && text === '') return;
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else keeps what Ctrl+Z takes back
  const isDone = 'execCommand' in document && document.execCommand(name, false, text);
  if (isDone) return;
  field.setRangeText(text, from, to, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Where a line begins, in UTF-16 units from the text's start. */
export function startOf(lines: readonly string[], line: number): number {
  let start = 0;
  for (let index = 0; index < line; index++) start += (lines[index]?.length ?? 0) + 1;
  return start;
}

/** The line and the column of a place in a text, from 0. */
export function placeIn(text: string, at: number): { line: number; column: number } {
  let line = 0;
  let start = 0;
  for (let next = text.indexOf('\n'); next !== -1 && next < at; next = text.indexOf('\n', start)) {
    line += 1;
    start = next + 1;
  }
  return { line, column: at - start };
}

/** Takes a line out, or writes it otherwise. */
export function lineEdit(lines: readonly string[], line: number, next: string | null): Edit {
  const from = startOf(lines, line);
  const to = from + (lines[line]?.length ?? 0);
  if (next !== null) return { from, to, text: next };
  // With the break behind it; the last line with the one before it.
  return line < lines.length - 1
    ? { from, to: to + 1, text: '' }
    : { from: Math.max(0, from - 1), to, text: '' };
}

/** All rules that grant, then all that deny, each in their order; null where they stand so already. */
export function deniesLast(text: string): string | null {
  const lines = text.split('\n');
  const denies = lines.filter((line) => line.startsWith('-'));
  const others = lines.filter((line) => !line.startsWith('-'));
  const isLast = lines
    .slice(lines.findIndex((line) => line.startsWith('-')))
    .every((line) => line.startsWith('-') || line === '');
  if (denies.length === 0 || isLast) return null;
  while (others.at(-1) === '') others.pop();
  return [...others, ...denies].join('\n');
}
