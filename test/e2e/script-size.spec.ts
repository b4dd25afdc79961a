import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@playwright/test';

const folder = join(import.meta.dirname, '../../out/renderer');

/** What the window loads of script after the vault was unlocked, until the frame and its first page stand, bytes. */
const budget = 250_000;

/** A file of the built window and all that it imports before it runs. */
function withImports(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const script = readFileSync(file, 'utf8');
  // What is imported on demand has a bracket behind `import`.
  for (const [, name = ''] of script.matchAll(/(?:from|import)\s*["'](\.[^"']+\.js)["']/g)) {
    withImports(join(dirname(file), name), seen);
  }
  return seen;
}

/** The file of a part that is loaded on demand. */
function part(name: string): string {
  const [found, ...others] = readdirSync(join(folder, 'assets')).filter((file) =>
    new RegExp(`^${name}-.{8}\\.js$`).test(file),
  );
  if (found === undefined || others.length > 0) throw new Error(`${name} is not one file of its own`);
  return join(folder, 'assets', found);
}

function bytes(files: Iterable<string>): number {
  return [...files].reduce((sum, file) => sum + readFileSync(file).length, 0);
}

test('the window loads little script after the vault was unlocked', () => {
  const gate = withImports(join(folder, 'index.js'));
  const after = withImports(part('status-page'), withImports(part('unlocked-app'), new Set(gate)));
  const loaded = bytes([...after].filter((file) => !gate.has(file)));
  // Both ends: a figure of nearly nothing would be one that is not measured.
  expect(loaded).toBeGreaterThan(100_000);
  expect(loaded).toBeLessThan(budget);
});

test('each page is a file of its own', () => {
  const table = readFileSync(join(import.meta.dirname, '../../renderer/app/page-table.ts'), 'utf8');
  const pages = Array.from(table.matchAll(/features\/[\w-]+\/([\w-]+-page)\.tsx/g), ([, name = '']) => name);
  expect(pages.length).toBeGreaterThan(8);
  const unlocked = withImports(part('unlocked-app'));
  for (const page of pages) expect(unlocked).not.toContain(part(page));
});
