// Run with the checkout's own Node (the libraries need Node 22):
//   node finish-fallback.mjs <archive of the Electron> <default-app folder> <folder of the runtime>
import { join } from 'node:path';
import { createPackage } from '@electron/asar';
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses';
import { unpackRuntime } from './unpack-runtime.mjs';

const [archive, sources, folder] = process.argv.slice(2);
if (archive === undefined || sources === undefined || folder === undefined) {
  throw new Error(
    'finish-fallback.mjs needs the archive, the default-app folder and the folder of the runtime',
  );
}

await unpackRuntime(archive, folder);
await flipFuses(join(folder, 'electron'), {
  version: FuseVersion.V1,
  // The snapshot belonged to the application that was left out.
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  // Playwright drives Electron's main process through --inspect.
  [FuseV1Options.EnableNodeCliInspectArguments]: true,
});
await createPackage(sources, join(folder, 'resources/default_app.asar'));
