import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../config/config.ts';
import type { ServerConfig, ServerSettings } from '../config/config.ts';

/** Of the SQLite file in the data folder. */
export const databaseName = 'keyhold.sqlite';

/** The folders made ready, and how to leave them at stop. */
export interface DataFolder {
  config: ServerConfig;
  /** Path of the SQLite file, or `:memory:`. */
  databaseFile: string;
  /** Removes what was only made for this run. */
  release(): void;
}

/**
 * Makes the data folder (0700) and the one for blobs; with `:memory:` blobs go to a temporary folder.
 *
 * @throws ConfigError when a folder cannot be made.
 */
export function openDataFolder(settings: ServerSettings): DataFolder {
  const { dataDir } = settings;
  try {
    if (dataDir === ':memory:') {
      const blobDir = mkdtempSync(join(tmpdir(), 'keyhold-server-'));
      const release = () => {
        rmSync(blobDir, { recursive: true, force: true });
      };
      return { config: { ...settings, blobDir }, databaseFile: ':memory:', release };
    }
    const blobDir = join(dataDir, 'blobs');
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    mkdirSync(blobDir, { recursive: true, mode: 0o700 });
    return {
      config: { ...settings, blobDir },
      databaseFile: join(dataDir, databaseName),
      release: () => undefined,
    };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new ConfigError(`The data folder ${dataDir} cannot be used (${code}). Choose another with --data.`);
  }
}
