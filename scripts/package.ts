/**
 * Packages the app with electron-builder into dist/. Usage: npm run package -- [--dir]
 * `--built` packages the bundles that are in out/ already, `--output` names another folder than dist/.
 * The development-only Electron (ADR 2) is refused unless `--development-runtime` is given: it is an old major
 * without security updates, and what is packaged from it may be used to test the packaging and for nothing else.
 */
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, type AfterPackContext, type Configuration } from 'electron-builder';
import { buildAll } from './build.ts';
import { packagedProgram, setFuses } from './fuses.ts';
import { electronRuntime } from './setup/runtime.mjs';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    dir: { type: 'boolean' },
    built: { type: 'boolean' },
    'development-runtime': { type: 'boolean' },
    output: { type: 'string' },
  },
});

/** electron-builder calls this right before it signs, when fuses have to be set. */
async function finish({ appOutDir, packager }: AfterPackContext): Promise<void> {
  // electron-builder leaves this in an Electron that it did not fetch itself.
  await rm(join(packager.getResourcesDir(appOutDir), 'default_app.asar'), { force: true });
  await setFuses(packagedProgram(appOutDir));
}

const runtime = electronRuntime();
if (runtime.kind === 'fallback' && values['development-runtime'] !== true) {
  console.error(
    `Not packaged: this checkout runs on Electron ${runtime.version}, which is for development only (docs/adr/0002-fallback-electron.md).\n` +
      'Package where the official Electron can be downloaded, or add --development-runtime to test the packaging.',
  );
  process.exit(1);
}
if (values.built !== true) await buildAll();
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
    afterPack: finish,
    ...runtimeOptions,
    ...(values.output === undefined ? {} : { directories: { output: values.output } }),
  },
});
