import { mkdir, readdir, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { registryClients } from '../../../../contracts/domain/registry-client.ts';
import { fileLogger } from '../../../../main/adapters/logger.ts';
import { DiskTextFiles } from '../../../../main/adapters/text-files.ts';
import type { StoredContext } from '../../../../main/core/contexts/context-service.ts';
import { passwordsCheck } from '../../../../main/core/doctor/passwords-check.ts';
import { makeSmallDisk, noSmallDisk } from '../../../support/small-disk.ts';
import { addContext } from './add-context.ts';
import { readOrNull, registryParts } from './registry-parts.ts';
import type { RegistryParts } from './registry-parts.ts';

// Files of other programs that are not as usual: treated or named for what they are.

const noDisk = noSmallDisk();
if (noDisk !== null) process.stderr.write(`A read-only disk is left out: ${noDisk}.\n`);

const existing = '{\n  "auths": {\n    "a.example": { "auth": "bWF5YTpoaWRkZW4td29yZA==" }\n  }\n}\n';

describe.each(registryClients)('for %s', (client) => {
  let parts: RegistryParts;
  let context: StoredContext;

  beforeEach(async () => {
    parts = await registryParts(client);
    context = addContext(parts.parts);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await parts.dispose();
  });

  it.each([
    ['empty', ''],
    ['null', 'null\n'],
    ['with credHelpers that are null', '{"credHelpers": null}\n'],
    ['with a name that is empty', '{"credHelpers": {"registry.example:5000": ""}}\n'],
  ])('takes a file that is %s for one without an entry, and gives it back', async (_what, text) => {
    await parts.write(text);
    await parts.registries.setUp(context.id, client);
    expect(JSON.parse((await parts.read()) ?? '')).toEqual({
      credHelpers: { 'registry.example:5000': 'keyhold' },
    });
    expect(await parts.registries.undo(context.id, client)).toEqual({ restored: 'exact' });
    expect(await parts.read()).toBe(text);
  });

  it.each([
    ['a folder', 'folder', () => mkdir(parts.authFile, { recursive: true })],
    ['JSON of another form', 'other_form', () => parts.write('{"credHelpers": []}')],
    ['a byte order mark', 'byte_order_mark', () => parts.write('\uFEFF{}')],
    ['no JSON', 'not_json', () => parts.write('{')],
    ['a text without an end', 'not_json', () => parts.write('{"auths": {"a.example": {"auth": "bWF')],
    ['a text that ends in an escape', 'not_json', () => parts.write('{"auths\\')],
    ['a space that is none in JSON', 'not_json', () => parts.write('\u00A0')],
  ])('names %s', async (_what, fault, make) => {
    await make();
    await expect(parts.registries.setUp(context.id, client)).rejects.toMatchObject({
      code: 'auth_file_invalid',
      details: { client, fault },
    });
    expect(await parts.stateOf(context)).toMatchObject({ entry: 'unreadable', fault });
  });

  it('leaves what is no text in the place of its copy', async () => {
    await parts.write(existing);
    await mkdir(`${parts.authFile}.keyhold-backup`);
    await parts.registries.setUp(context.id, client);
    expect(await parts.registries.undo(context.id, client)).toEqual({ restored: 'exact' });
    expect(await readdir(`${parts.authFile}.keyhold-backup`)).toEqual([]);
  });

  it('keeps what another program writes while the helper is installed', async () => {
    await parts.write('{}');
    vi.spyOn(DiskTextFiles.prototype, 'replace').mockImplementationOnce(() => parts.write(existing));
    await parts.registries.setUp(context.id, client);
    expect(JSON.parse((await parts.read()) ?? '')).toMatchObject(JSON.parse(existing) as object);
    expect(await parts.registries.undo(context.id, client)).toEqual({ restored: 'exact' });
    expect(await parts.read()).toBe(existing);
  });

  it.skipIf(noDisk !== null)('names a read-only file system when a password is to be removed', async () => {
    const disk = makeSmallDisk();
    try {
      await mkdir(dirname(dirname(parts.authFile)), { recursive: true });
      await symlink(disk.folder, dirname(parts.authFile));
      await parts.write('{"auths": {"registry.example:5000": {"auth": "bWF5YTpwdw=="}}}\n');
      await parts.registries.setUp(context.id, client);
      const overview = await parts.registries.list();
      const files = new DiskTextFiles(fileLogger(parts.home, 'silent'));
      const check = passwordsCheck({ files, environment: {}, platform: 'other', userId: 0 });
      const [found] = await check({ overview, registries: overview.registries });
      disk.setReadOnly(true);
      await expect(found?.apply?.()).rejects.toMatchObject({
        code: 'auth_file_not_written',
        details: { client, obstacle: 'read_only' },
      });
    } finally {
      disk.remove();
    }
  });

  it.skipIf(noDisk !== null)('names a file system that is read-only, and one that is full', async () => {
    const disk = makeSmallDisk();
    try {
      await mkdir(dirname(dirname(parts.authFile)), { recursive: true });
      await symlink(disk.folder, dirname(parts.authFile));
      await parts.write(existing);
      disk.setReadOnly(true);
      const refused = (obstacle: string): object => ({
        code: 'auth_file_not_written',
        details: { client, obstacle },
      });
      await expect(parts.registries.setUp(context.id, client)).rejects.toMatchObject(refused('read_only'));
      disk.setReadOnly(false);
      disk.fill(0);
      await expect(parts.registries.setUp(context.id, client)).rejects.toMatchObject(refused('full'));
      disk.empty();
      expect(await parts.read()).toBe(existing);
      expect(await readOrNull(`${parts.authFile}.keyhold-backup`)).toBeNull();
      expect(await parts.stateOf(context)).toMatchObject({ entry: 'none', canUndo: false });
    } finally {
      disk.remove();
    }
  });
});
