// Run with the checkout's own Node (the library needs Node 22): node probe-electron.mjs <checkout>
// Prints "reachable", or why Electron cannot be had.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const PATIENCE_MS = 3_000;

/** Ends the library's download once the answer is known. */
class Answer extends Error {}

/**
 * @param {string} url
 * @returns {Promise<string>}
 */
async function ask(url) {
  const { host } = new URL(url);
  try {
    const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(PATIENCE_MS) });
    return response.ok ? 'reachable' : `${host} answered ${String(response.status)}`;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return `${host} does not answer (${cause instanceof Error ? cause.message : String(cause)})`;
  }
}

const root = process.argv[2];
if (root === undefined) throw new Error('probe-electron.mjs needs the checkout');
const fromElectron = createRequire(join(root, 'node_modules/electron/install.js'));
/** @type {{ downloadArtifact(details: object): Promise<string> }} */
const { downloadArtifact } = fromElectron('@electron/get');
const { version } = fromElectron('./package.json');

const details = {
  version,
  artifactName: 'electron',
  platform: process.platform,
  arch: process.arch,
  cacheRoot: process.env['electron_config_cache'],
  checksums: fromElectron('./checksums.json'),
  downloader: {
    /** @param {string} url */
    download: async (url) => {
      throw new Answer(await ask(url));
    },
  },
};
try {
  await downloadArtifact(details);
  // It was in the installer's own cache.
  process.stdout.write('reachable\n');
} catch (error) {
  if (!(error instanceof Answer)) throw error;
  process.stdout.write(`${error.message}\n`);
}
