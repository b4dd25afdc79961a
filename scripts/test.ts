/**
 * All tests, on the production bundle: unit, component and contract with Vitest, then end to end and security
 * on real Electron with Playwright. Usage: npm test
 */
import './end-with-starter.mjs';
import { mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from './build.ts';
import { endingProgram, runToEnd } from './run-to-end.ts';
import { withDisplay } from './setup/runtime.mjs';
import { playwrightResult, readReport, vitestResult } from './test-results.ts';

const root = join(import.meta.dirname, '..');
const reports = join(root, 'out', 'test');

/** @param log - Takes what the runner prints; printed in one piece once it has ended. */
async function run(
  name: string,
  args: readonly string[],
  env: Record<string, string>,
  log?: string,
): Promise<void> {
  const started = performance.now();
  const { command, args: all } = withDisplay(process.execPath, endingProgram(name, args));
  await runToEnd(command, all, env, log === undefined ? 'inherit' : openSync(log, 'w'));
  if (log !== undefined) process.stdout.write(readFileSync(log));
  console.log(`${name}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
}

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
const started = performance.now();
await buildAll();
// Side by side, because each waits for a third of its time; one after the other in what is printed.
await Promise.all([
  run(
    'vitest',
    ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${join(reports, 'vitest.json')}`],
    // The build above leaves NODE_ENV=production behind, with which React has no act().
    { NODE_ENV: 'test' },
  ),
  run(
    'playwright',
    ['test', '--config', join(root, 'test', 'playwright.config.ts'), '--reporter=list,json'],
    { PLAYWRIGHT_JSON_OUTPUT_FILE: join(reports, 'playwright.json') },
    join(reports, 'playwright.log'),
  ),
]);

const results = [
  readReport(join(reports, 'vitest.json'), vitestResult),
  readReport(join(reports, 'playwright.json'), playwrightResult),
];
const sum = (key: 'passed' | 'failed' | 'skipped'): number =>
  results.reduce((total, result) => total + result[key], 0);
console.log(`Total: ${((performance.now() - started) / 1000).toFixed(0)} s`);
// Once more at the end: whoever reads this often sees no more than the last lines.
for (const failure of results.flatMap(({ failures }) => failures)) console.log(`Failed: ${failure}`);
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = sum('failed') === 0 && sum('passed') > 0 ? 0 : 1;
