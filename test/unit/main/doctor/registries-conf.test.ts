import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { diskFileRights } from '../../../../main/adapters/file-rights.ts';
import { fileLogger } from '../../../../main/adapters/logger.ts';
import { DiskTextFiles } from '../../../../main/adapters/text-files.ts';
import type { CheckInput } from '../../../../main/core/doctor/finding.ts';
import { registriesConfCheck } from '../../../../main/core/doctor/registries-conf-check.ts';
import { shellWord } from '../../../../main/core/doctor/finding.ts';
import { readHelperList } from '../../../../main/core/doctor/registries-conf.ts';

describe('the list of helpers in a registries.conf', () => {
  it.each([
    ['credential-helpers = ["keyhold"]', ['keyhold'], true],
    ["  'credential-helpers'=['a', \"b\"]", ['a', 'b'], true],
    ['x = 1\n"credential-helpers" = [] # none\n', [], true],
    ['credential-helpers = [ # a ] in a comment\n  "a", # "b"\n]\n', ['a'], false],
    ['credential-helpers = ["a\\"]b"]', ['a\\"]b'], true],
    ['credential-helpers = ["a"', ['a'], true],
  ])('of %j is read', (text, helpers, oneLine) => {
    expect(readHelperList(text)).toEqual({ helpers, oneLine });
  });

  it.each([
    [''],
    ['# credential-helpers = ["keyhold"]'],
    ['unqualified-search-registries = ["docker.io"]'],
    ['[[registry]]\nlocation = "x"\ncredential-helpers = ["keyhold"]'],
    ['my-credential-helpers = ["keyhold"]'],
  ])('of %j is none', (text) => {
    expect(readHelperList(text)).toBeNull();
  });
});

describe('a word for a shell', () => {
  it.each([
    ['/home/ada/.local/bin', '/home/ada/.local/bin'],
    ['/home/ada lovelace', "'/home/ada lovelace'"],
    ["/it's/$(touch x)", "'/it'\\''s/$(touch x)'"],
  ])('%j is %s', (text, word) => {
    expect(shellWord(text)).toBe(word);
  });
});

describe('what the Doctor says of a list of helpers', () => {
  it.each([
    ['[""]', 'It names a helper without a name, at which Podman stops.'],
    ['["keyhold"]', 'Podman then asks Keyhold for every registry, not only for yours.'],
    ['["pass"]', 'Podman then reads no auth file, and with it none of Keyhold’s entries.'],
    ['["pass", "containers-auth.json"]', 'Podman then asks pass first, and Keyhold where that has nothing.'],
  ])('%s: %s', async (list, why) => {
    const homeFolder = mkdtempSync(join(tmpdir(), 'keyhold-conf-'));
    const folder = join(homeFolder, '.config', 'containers');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'registries.conf'), `credential-helpers = ${list}\n`);
    const logger = fileLogger(homeFolder, 'silent');
    const check = registriesConfCheck(
      {
        files: new DiskTextFiles(logger),
        rights: diskFileRights(logger),
        environment: {},
        homeFolder,
        systemFolder: join(homeFolder, 'etc'),
      },
      null,
    );
    expect(await check({} as CheckInput)).toMatchObject([{ why }]);
    rmSync(homeFolder, { recursive: true });
  });
});
