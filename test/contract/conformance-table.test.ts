import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '../..');
const document = readFileSync(path.join(root, 'docs/registry-conformance.md'), 'utf8');

/** Every row that names a test: its first cell, the test's file and its title. */
const rows = [...document.matchAll(/^\| (.+?) +\|.*\| `([a-z/-]+)`: (.+?) +\|$/gm)].map(
  ([, first = '', file = '', title = '']) => ({ first, file, title }),
);

function sourceOf(file: string): string {
  const name = file.includes('/') ? `unit/reference-server/${file}` : `contract/${file}`;
  const source = path.join(root, 'test', `${name}.test.ts`);
  return existsSync(source) ? readFileSync(source, 'utf8') : '';
}

it('the table of requirements names tests that are there', () => {
  const missing = rows.filter(({ file, title }) => !sourceOf(file).includes(`'${title}'`));
  expect(missing).toEqual([]);
});

it('the table of requirements covers every endpoint of the specification', () => {
  const covered = new Set(rows.flatMap(({ first }) => first.split(', ')));
  const endpoints = Array.from({ length: 14 }, (_, at) => `end-${String(at + 1)}`).flatMap((name) =>
    ['end-4', 'end-8', 'end-12'].includes(name) ? [`${name}a`, `${name}b`] : [name],
  );
  expect([...endpoints, 'code'].filter((name) => !covered.has(name))).toEqual([]);
});

it('every test of conformance is in the table, under its endpoints', () => {
  const files = readdirSync(import.meta.dirname).filter(
    (name) => name.startsWith('conformance-') && name !== path.basename(import.meta.filename),
  );
  const tests = files.flatMap((name) => {
    const source = readFileSync(path.join(import.meta.dirname, name), 'utf8');
    const titles = [...source.matchAll(/'((?:end-\d+[ab]?(?:, end-\d+[ab]?)*|code): .+?)',/g)];
    return titles.map(([, title = '']) => ({
      first: title.slice(0, title.indexOf(':')),
      file: name.replace('.test.ts', ''),
      title,
    }));
  });
  expect(tests.length).toBeGreaterThan(25);
  expect(rows.filter(({ file }) => file.startsWith('conformance-'))).toHaveLength(tests.length);
  expect(rows).toEqual(expect.arrayContaining(tests));
});
