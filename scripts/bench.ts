/**
 * Keyhold's speed against peers and floors in the same run. Prints one table and writes out/bench.json. Timing is
 * never a test: a missed goal is a "no" in the table, only a benchmark that broke off fails the command.
 * Usage: npm run bench [-- NAME ...]
 */
import './end-with-starter.mjs';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { selectBenches } from '../test/bench/benches.ts';
import type { Figure } from '../test/bench/figure.ts';
import { renderTable } from '../test/bench/table.ts';
import { buildAll } from './build.ts';
import { runToEnd } from './run-to-end.ts';
import { hasDisplay, withDisplay } from './setup/runtime.mjs';

const root = join(import.meta.dirname, '..');
const resultFile = join(root, 'out', 'bench.json');

/** @returns the exit code */
async function runBenches(selected: ReturnType<typeof selectBenches>): Promise<number> {
  await buildAll();
  const figures: Figure[] = [];
  let broken = 0;
  for (const { name, load } of selected) {
    try {
      const bench = await load();
      figures.push(
        ...(await bench((text) => {
          console.log(`${name}: ${text}`);
        })),
      );
    } catch (error) {
      broken += 1;
      console.error(`${name}: broke off: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  mkdirSync(join(root, 'out'), { recursive: true });
  writeFileSync(resultFile, `${JSON.stringify(figures, null, 2)}\n`);
  console.log(`\n${renderTable(figures)}\n\nAlso in ${relative(process.cwd(), resultFile)}.`);
  return broken === 0 ? 0 : 1;
}

async function main(names: readonly string[]): Promise<number> {
  let selected: ReturnType<typeof selectBenches>;
  try {
    selected = selectBenches(names);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
  if (hasDisplay()) return runBenches(selected);
  const { command, args } = withDisplay(process.execPath, [join(import.meta.dirname, 'bench.ts'), ...names]);
  return runToEnd(command, args);
}

process.exitCode = await main(process.argv.slice(2));
