/** Static checks: types, lint, layers, format, dead code, pinned packages, named files. Usage: npm run check */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const bin = join(import.meta.dirname, '..', 'node_modules', '.bin');

const steps: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['types', 'tsc', '-b'],
  ['lint', 'eslint', '.', '--max-warnings', '0'],
  [
    'layers',
    'depcruise',
    '--metrics',
    '--progress',
    'none',
    'main',
    'contracts',
    'renderer',
    'preload',
    'reference-server',
  ],
  ['format', 'prettier', '--check', '--log-level', 'warn', '.'],
  ['dead code', 'knip', '--no-progress'],
  ['lock file', 'node', 'scripts/lock-file.mjs'],
  ['named files', 'node', 'scripts/named-files.ts'],
];

let failed = 0;
for (const [name, command, ...args] of steps) {
  const started = performance.now();
  const { status } = spawnSync(join(bin, command), args, {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  if (status !== 0) failed += 1;
}
process.exitCode = failed === 0 ? 0 : 1;
