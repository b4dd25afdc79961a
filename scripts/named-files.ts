/** Whether the files and folders that documents and comments name are there. Usage: node scripts/named-files.ts */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, matchesGlob, sep } from 'node:path';

process.chdir(join(import.meta.dirname, '..'));
const folders = 'contracts,docs,main,preload,reference-server,renderer,resources,scripts,test';
const paths = globSync(['*.*', `{${folders}}{,/**}`]).map((path) => path.replaceAll(sep, '/'));
/** Each path, also without the folders that it begins with: `access/decide.ts` is enough of a name. */
const known = new Set(paths.flatMap((path) => path.split('/').map((_, at, all) => all.slice(at).join('/'))));
const comment = /^\s*(?:\/?\*|\/\/).*|\s\/\/ .*/;
/** A file by its name, or whatever by its whole path. */
const named = new RegExp(
  String.raw`(?<![\w./*:-])(?:\.{1,2}/)*[\w*-]+(?:[./][\w*-]+)*\.(?:tsx?|md)(?!\w)` +
    `|(?<=\`)(?:${folders.replaceAll(',', '|')})/[^\\s\`]*(?=\`)`,
  'g',
);

function isThere(name: string, by: string): boolean {
  // In the recipes, a word in capitals stands for a name.
  if (/\b(?:NAME|FEATURE|DIALECT|KIND)\b/.test(name)) return true;
  const path = name.replace(/\/$/, '');
  if (path.includes('*')) return [...known].some((each) => matchesGlob(each, path));
  return known.has(path) || known.has(join(dirname(by), path).replaceAll(sep, '/'));
}

for (const path of paths.filter((each) => /\.(?:md|tsx?|mjs|css)$/.test(each) && each !== 'CHANGELOG.md')) {
  for (const [at, line] of readFileSync(path, 'utf8').split('\n').entries()) {
    const text = path.endsWith('.md') ? line : (comment.exec(line)?.[0] ?? '');
    for (const [name] of text.matchAll(named)) {
      if (isThere(name, path)) continue;
      console.error(`${path}:${String(at + 1)}: ${name} is not there`);
      process.exitCode = 1;
    }
  }
}
