import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { buildFolder, removePartials } from '../../../scripts/setup/atomic-folder.mjs';
import { temporaryFolder } from './setup-folders.ts';

const MODULE = pathToFileURL(join(import.meta.dirname, '../../../scripts/setup/atomic-folder.mjs')).href;

describe('buildFolder', () => {
  it('shows the folder under its name only when it is whole', async () => {
    const parent = temporaryFolder();
    const target = join(parent, 'runtime');
    await buildFolder(target, async (folder) => {
      await writeFile(join(folder, 'first'), '');
      expect(existsSync(target)).toBe(false);
      await writeFile(join(folder, 'last'), '');
    });
    expect(readdirSync(parent)).toEqual(['runtime']);
    expect(readdirSync(target).sort()).toEqual(['first', 'last']);
  });

  it('leaves nothing behind when the builder fails, and passes its error on', async () => {
    const parent = temporaryFolder();
    const build = buildFolder(join(parent, 'runtime'), async (folder) => {
      await writeFile(join(folder, 'half'), '');
      throw new Error('no space left');
    });
    await expect(build).rejects.toThrow('no space left');
    expect(readdirSync(parent)).toEqual([]);
  });

  it('does not build what is there', async () => {
    const target = temporaryFolder();
    await buildFolder(target, () => Promise.reject(new Error('built again')));
    expect(readdirSync(target)).toEqual([]);
  });
});

describe('removePartials', () => {
  it('removes what a killed process left, and nothing else', async () => {
    const parent = temporaryFolder();
    const target = join(parent, 'runtime');
    mkdirSync(join(parent, 'other-runtime'));
    const script = `
      import { writeFileSync } from 'node:fs';
      import { buildFolder } from ${JSON.stringify(MODULE)};
      await buildFolder(${JSON.stringify(target)}, async (folder) => {
        writeFileSync(folder + '/half', '');
        process.kill(process.pid, 'SIGKILL');
        await new Promise(() => {});
      });`;
    spawnSync(process.execPath, ['--input-type=module', '-e', script]);
    expect(existsSync(target)).toBe(false);
    expect(readdirSync(parent)).toHaveLength(2);

    const removed = await removePartials(parent);
    expect(removed).toHaveLength(1);
    expect(readdirSync(parent)).toEqual(['other-runtime']);
    await buildFolder(target, (folder) => {
      writeFileSync(join(folder, 'whole'), '');
      return Promise.resolve();
    });
    expect(readdirSync(target)).toEqual(['whole']);
  });

  it('has nothing to do where no runtime was ever built', async () => {
    expect(await removePartials(join(temporaryFolder(), 'missing'))).toEqual([]);
  });
});
