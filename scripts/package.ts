/**
 * Packages the app with electron-builder into dist/. Usage: npm run package -- [--dir]
 * The development-only Electron (ADR 2) is refused unless `--development-runtime` is given: it is an old major
 * without security updates, and what is packaged from it may be used to test the packaging and for nothing else.
 */
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, type Configuration } from 'electron-builder';
import { buildAll } from './build.ts';
import { electronRuntime } from './setup/runtime.mjs';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    dir: { type: 'boolean' },
    'development-runtime': { type: 'boolean' },
    output: { type: 'string' },
  },
});

const runtime = electronRuntime();
if (runtime.kind === 'fallback' && values['development-runtime'] !== true) {
  console.error(
    `Not packaged: this checkout runs on Electron ${runtime.version}, which is for development only (docs/adr/0002-fallback-electron.md).\n` +
      'Package where the official Electron can be downloaded, or add --development-runtime to test the packaging.',
  );
  process.exit(1);
}
await buildAll();
const runtimeOptions: Configuration =
  runtime.kind === 'fallback'
    ? { electronDist: dirname(runtime.executable), electronVersion: runtime.version }
    : {};
await build({
  projectDir: root,
  publish: 'never',
  ...(values.dir === true ? { dir: true } : {}),
  config: {
    extends: join(root, 'electron-builder.yml'),
    ...runtimeOptions,
    ...(values.output === undefined ? {} : { directories: { output: values.output } }),
  },
});
