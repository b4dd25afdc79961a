import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { unpackRuntime } from '../../../scripts/setup/unpack-runtime.mjs';
import { temporaryFolder } from './setup-folders.ts';

// Made with Python's zipfile, below Cypress/: Cypress (755, deflated), locales/de.pak, resources/x (644, stored), and
// resources/app/package.json, resources/app-update.yml and browser_v8_context_snapshot.bin, which are left out.
const ARCHIVE =
  'UEsDBBQAAAAIAAAAIVARDUJfCQAAAMgAAAAPAAAAQ3lwcmVzcy9DeXByZXNzKyrNUygaBhgAUEsDBBQAAAAAAAAAIVCDFtyMAQAAAAEAAAAW' +
  'AAAAQ3lwcmVzcy9sb2NhbGVzL2RlLnBha3hQSwMEFAAAAAAAAAAhUIMW3IwBAAAAAQAAACIAAABDeXByZXNzL3Jlc291cmNlcy9hcHAvcGFj' +
  'a2FnZS5qc29ueFBLAwQUAAAAAAAAACFQgxbcjAEAAAABAAAAIAAAAEN5cHJlc3MvcmVzb3VyY2VzL2FwcC11cGRhdGUueW1seFBLAwQUAAAA' +
  'AAAAACFQgxbcjAEAAAABAAAAJwAAAEN5cHJlc3MvYnJvd3Nlcl92OF9jb250ZXh0X3NuYXBzaG90LmJpbnhQSwMEFAAAAAAAAAAhUIMW3IwB' +
  'AAAAAQAAABMAAABDeXByZXNzL3Jlc291cmNlcy94eFBLAQIUAxQAAAAIAAAAIVARDUJfCQAAAMgAAAAPAAAAAAAAAAAAAADtgQAAAABDeXBy' +
  'ZXNzL0N5cHJlc3NQSwECFAMUAAAAAAAAACFQgxbcjAEAAAABAAAAFgAAAAAAAAAAAAAApIE2AAAAQ3lwcmVzcy9sb2NhbGVzL2RlLnBha1BL' +
  'AQIUAxQAAAAAAAAAIVCDFtyMAQAAAAEAAAAiAAAAAAAAAAAAAACkgWsAAABDeXByZXNzL3Jlc291cmNlcy9hcHAvcGFja2FnZS5qc29uUEsB' +
  'AhQDFAAAAAAAAAAhUIMW3IwBAAAAAQAAACAAAAAAAAAAAAAAAKSBrAAAAEN5cHJlc3MvcmVzb3VyY2VzL2FwcC11cGRhdGUueW1sUEsBAhQD' +
  'FAAAAAAAAAAhUIMW3IwBAAAAAQAAACcAAAAAAAAAAAAAAKSB6wAAAEN5cHJlc3MvYnJvd3Nlcl92OF9jb250ZXh0X3NuYXBzaG90LmJpblBL' +
  'AQIUAxQAAAAAAAAAIVCDFtyMAQAAAAEAAAATAAAAAAAAAAAAAACkgTEBAABDeXByZXNzL3Jlc291cmNlcy94UEsFBgAAAAAGAAYAtQEAAGMB' +
  'AAAAAA==';

it('a runtime has the Electron of the package under its own name, without the application that came with it', async () => {
  const archive = join(temporaryFolder(), 'archive.zip');
  writeFileSync(archive, Buffer.from(ARCHIVE, 'base64'));
  const folder = temporaryFolder();
  await unpackRuntime(archive, folder);
  expect(readdirSync(folder, { recursive: true }).map(String).sort()).toEqual([
    'electron',
    'locales',
    join('locales', 'de.pak'),
    'resources',
    join('resources', 'x'),
  ]);
  expect(readFileSync(join(folder, 'electron'), 'utf8')).toBe('run '.repeat(50));
  // Windows knows no such permissions.
  if (process.platform !== 'win32') expect(statSync(join(folder, 'electron')).mode & 0o777).toBe(0o755);
});

it('an archive that is cut short is refused', async () => {
  const archive = join(temporaryFolder(), 'archive.zip');
  writeFileSync(archive, Buffer.from(ARCHIVE.slice(0, 400), 'base64'));
  await expect(unpackRuntime(archive, temporaryFolder())).rejects.toThrow();
});
