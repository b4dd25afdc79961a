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

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

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

/** A runner that left no report has failed as a whole. */
function readReport(file: string, count: (report: unknown) => Counts): Counts {
  try {
    return count(JSON.parse(readFileSync(join(reports, file), 'utf8')));
  } catch {
    console.log(`No report in ${file}: the run broke off.`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function vitestCounts(report: unknown): Counts {
  const { numPassedTests, numFailedTests, numPendingTests, success } = report as Record<
    string,
    number | boolean
  >;
  const failed = Number(numFailedTests);
  return {
    passed: Number(numPassedTests),
    failed: failed === 0 && success !== true ? 1 : failed,
    skipped: Number(numPendingTests),
  };
}

function playwrightCounts(report: unknown): Counts {
  const { stats, errors } = report as {
    stats: { expected: number; unexpected: number; flaky: number; skipped: number };
    errors: unknown[];
  };
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped,
  };
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

const all = [readReport('vitest.json', vitestCounts), readReport('playwright.json', playwrightCounts)];
const sum = (key: keyof Counts): number => all.reduce((total, counts) => total + counts[key], 0);
console.log(`Total: ${((performance.now() - started) / 1000).toFixed(0)} s`);
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = sum('failed') === 0 && sum('passed') > 0 ? 0 : 1;
