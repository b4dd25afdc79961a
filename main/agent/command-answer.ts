import { printable, printableJson } from '../../contracts/domain/printable.ts';

/**
 * How a command of `keyhold` ends. The numbers are documented: `keyhold --help`, docs/command-line.md. 3 is the
 * script's own, for an app that does not run.
 */
export const exitCodes = { done: 0, failed: 1, usage: 2, locked: 4, denied: 5 } as const;

/** What a command answers: text for standard output, or one line that says what went wrong and what to do. */
export type CommandAnswer =
  | { readonly kind: 'done'; readonly exitCode: number; readonly output: string }
  | { readonly kind: 'failed'; readonly exitCode: number; readonly code: string; readonly message: string };

export function done(output: string, exitCode: number = exitCodes.done): CommandAnswer {
  return { kind: 'done', exitCode, output };
}

export function failed(exitCode: number, code: string, message: string): CommandAnswer {
  return { kind: 'failed', exitCode, code, message };
}

/** JSON for programs: one line, so that each line of a long answer can be read by itself, also on a terminal. */
export function json(value: unknown): string {
  return printableJson(JSON.stringify(value));
}

/** Texts for people, each on a line of its own. */
export function lines(texts: readonly string[]): string {
  return texts.map((text) => printable(text, Infinity)).join('\n');
}

/** Rows of words in columns, for people. */
export function columns(words: readonly (readonly string[])[]): string {
  const rows = words.map((row) => row.map((cell) => printable(cell)));
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  }
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
