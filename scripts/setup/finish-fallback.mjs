// Run with the checkout's own Node (the two libraries need Node 22):
//   node finish-fallback.mjs <electron executable> <default-app folder> <default_app.asar to write>
import { createPackage } from '@electron/asar';
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses';

const [executable, sources, archive] = process.argv.slice(2);
if (executable === undefined || sources === undefined || archive === undefined) {
  throw new Error(
    'finish-fallback.mjs needs the executable, the default-app folder and the archive to write',
  );
}

await flipFuses(executable, {
  version: FuseVersion.V1,
  // The snapshot belonged to the application that was left out.
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  // Playwright drives Electron's main process through --inspect.
  [FuseV1Options.EnableNodeCliInspectArguments]: true,
});
await createPackage(sources, archive);
