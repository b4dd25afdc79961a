import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { appendEvents } from './audit/audit-log.ts';
import { ConfigError } from './config/config-error.ts';
import type { ServerSettings } from './config/config.ts';
import { databaseName, openDataFolder, tieFolder } from './db/data-folder.ts';
import { openDatabase } from './db/open.ts';
import { unitOfWork } from './db/write.ts';
import { scrubContents } from './registry/scrub-contents.ts';

/**
 * Reads everything in the registry of a data folder and moves away what does not have its digest, while no server
 * uses the folder.
 *
 * @param say - Gets one line for each fault and one for the whole.
 * @returns Whether there was no fault.
 * @throws ConfigError when there is no such folder, or a server uses it.
 */
export async function scrub(settings: ServerSettings, say: (line: string) => void): Promise<boolean> {
  if (settings.dataDir === ':memory:') throw new ConfigError('Say which folder to scrub with --data.');
  // Before the next lines make anything there.
  const here = settings.database === undefined ? databaseName : 'blobs';
  if (!existsSync(join(settings.dataDir, here))) {
    throw new ConfigError(`There is no data of a server in ${settings.dataDir}.`);
  }
  const folder = openDataFolder(settings);
  const db = await openDatabase(folder.database);
  try {
    const now = () => new Date();
    const write = unitOfWork(db, appendEvents(now));
    await tieFolder(folder, { db, write, now });
    const { blobDir } = folder.config;
    const { contents, bytes, faults } = await scrubContents({ db, write, blobDir }, say);
    say(
      `${String(contents)} contents with ${String(bytes)} bytes are good, ${String(faults)} faults.` +
        (faults === 0 ? '' : ' Push what is bad or missing again: that mends it.'),
    );
    return faults === 0;
  } finally {
    await db.destroy();
  }
}
