import { mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clientNames, perClient, registryClients } from '../../../../contracts/domain/registry-client.ts';
import type { StoredContext } from '../../../../main/core/contexts/context-service.ts';
import { hashOf } from '../../../../main/core/registries/set-up-plan.ts';
import { addContext } from './add-context.ts';
import { readOrNull, registryParts } from './registry-parts.ts';
import type { RegistryParts } from './registry-parts.ts';

const existing =
  '{\n  "auths": {\n    "a.example": {\n      "auth": "bWF5YTpoaWRkZW4td29yZA=="\n    }\n  }\n}\n';

describe.each(registryClients)('for %s', (client) => {
  let parts: RegistryParts;
  let context: StoredContext;

  beforeEach(async () => {
    parts = await registryParts(client);
    context = addContext(parts.parts);
  });
  afterEach(async () => {
    await parts.dispose();
  });

  function backup(): Promise<string | null> {
    return readOrNull(`${parts.authFile}.keyhold-backup`);
  }

  describe('setting a registry up', () => {
    it('makes the auth file, installs the helper and says so', async () => {
      await parts.registries.setUp(context.id, client);
      expect(JSON.parse((await parts.read()) ?? '')).toEqual({ credHelpers: { [context.host]: 'keyhold' } });
      expect(await parts.registries.list()).toEqual({
        registries: [
          {
            contextId: context.id,
            contextName: context.name,
            host: context.host,
            answers: 'this',
            clients: perClient((each) =>
              each === client
                ? { entry: 'keyhold', canUndo: true, fault: null }
                : { entry: 'none', canUndo: false, fault: null },
            ),
            lastUse: null,
          },
        ],
        helper: { path: parts.helper, state: 'current', onPath: true },
        files: expect.objectContaining({ [client]: parts.authFile }) as unknown,
      });
      expect(parts.parts.logged().at(-1)).toBe(
        `registry.set_up | ${context.name} | ${context.host} for ${clientNames[client]}`,
      );
    });

    it('copies an existing file once, before the first change', async () => {
      await parts.write(existing);
      await parts.registries.setUp(context.id, client);
      expect(await backup()).toBe(existing);
      await parts.registries.setUp(addContext(parts.parts, { host: 'b.example' }).id, client);
      expect(await backup()).toBe(existing);
      expect(await parts.read()).toBe(
        existing.replace(
          '\n  }\n}\n',
          `\n  },\n  "credHelpers": {\n    "${context.host}": "keyhold",\n    "b.example": "keyhold"\n  }\n}\n`,
        ),
      );
    });

    it('does the same however often it is asked, at once or later', async () => {
      await parts.write(existing);
      await Promise.all([
        parts.registries.setUp(context.id, client),
        parts.registries.setUp(context.id, client),
      ]);
      const once = await parts.read();
      await parts.registries.setUp(context.id, client);
      expect(await parts.read()).toBe(once);
      expect(parts.parts.logged().filter((entry) => entry.startsWith('registry.set_up'))).toHaveLength(1);
    });

    it('loses no entry of several that are made at once', async () => {
      const contexts = ['b.example', 'c.example', 'd.example'].map((host) =>
        addContext(parts.parts, { host }),
      );
      await Promise.all(contexts.map(({ id }) => parts.registries.setUp(id, client)));
      const file = JSON.parse((await parts.read()) ?? '') as { credHelpers: unknown };
      expect(file.credHelpers).toEqual({
        'b.example': 'keyhold',
        'c.example': 'keyhold',
        'd.example': 'keyhold',
      });
    });

    it('shows the change first, without writing anything', async () => {
      await parts.write(existing);
      const preview = await parts.registries.preview(context.id, client);
      expect(preview).toMatchObject({ file: parts.authFile, fileExists: true, unchanged: false });
      expect(preview.helper.state).toBe('missing');
      expect(JSON.stringify(preview)).not.toContain('bWF5YTpoaWRkZW4td29yZA==');
      expect(await parts.read()).toBe(existing);
      expect(await backup()).toBeNull();
    });

    it('puts a lost entry back', async () => {
      await parts.registries.setUp(context.id, client);
      await parts.write('{}');
      expect(await parts.stateOf(context)).toMatchObject({ entry: 'none', canUndo: true });
      await parts.registries.setUp(context.id, client);
      expect(await parts.stateOf(context)).toMatchObject({ entry: 'keyhold', canUndo: true });
      await parts.registries.undo(context.id, client);
      expect(await parts.read()).toBe('{}');
    });

    it.each([
      ['no JSON', '{"auths": {', 'auth_file_invalid'],
      [
        'another helper for the host',
        '{"credHelpers": {"registry.example:5000": "pass"}}',
        'auth_file_entry_foreign',
      ],
    ])('leaves a file with %s alone and changes nothing else', async (_what, text, code) => {
      await parts.write(text);
      await expect(parts.registries.setUp(context.id, client)).rejects.toMatchObject({ code });
      await expect(parts.registries.preview(context.id, client)).rejects.toMatchObject({ code });
      expect(await parts.read()).toBe(text);
      expect(await readdir(parts.home)).toEqual([client === 'podman' ? '.config' : '.docker']);
      expect(await parts.stateOf(context)).toMatchObject({ canUndo: false });
    });

    it('leaves a file alone that is no UTF-8', async () => {
      await parts.write('{}');
      const bytes = Buffer.from([0x7b, 0xff, 0x7d]);
      await writeFile(parts.authFile, bytes);
      await expect(parts.registries.setUp(context.id, client)).rejects.toMatchObject({
        code: 'auth_file_invalid',
      });
      expect(await readFile(parts.authFile)).toEqual(bytes);
      expect(await parts.stateOf(context)).toMatchObject({ entry: 'unreadable' });
    });

    it('records nothing when the file cannot be written', async () => {
      await mkdir(dirname(dirname(parts.authFile)), { recursive: true });
      // A link to nowhere in particular: its folder can be neither made nor written.
      await symlink('/proc/keyhold', dirname(parts.authFile));
      await expect(parts.registries.setUp(context.id, client)).rejects.toMatchObject({
        code: 'storage_failed',
      });
      expect(await parts.stateOf(context)).toMatchObject({ entry: 'none', canUndo: false });
    });

    it('refuses contexts that are not there or have no registry', async () => {
      await expect(parts.registries.setUp(crypto.randomUUID(), client)).rejects.toMatchObject({
        code: 'context_not_found',
      });
      const plain = addContext(parts.parts, { host: 'plain.example', hasRegistry: false });
      await expect(parts.registries.setUp(plain.id, client)).rejects.toMatchObject({ code: 'no_registry' });
      expect(await parts.stateOf(plain)).toBeUndefined();
    });

    it('needs an unlocked vault once passwords of a file are kept in it', async () => {
      await parts.write(existing);
      parts.parts.vault.lock();
      await expect(parts.registries.setUp(context.id, client)).rejects.toMatchObject({
        code: 'vault_locked',
      });
      expect(await parts.read()).toBe(existing);
    });
  });

  describe('undoing', () => {
    it('gives the file back to the byte and drops the copy', async () => {
      await parts.write(existing);
      await parts.registries.setUp(context.id, client);
      expect(await parts.registries.undo(context.id, client)).toEqual({ restored: 'exact' });
      expect(await parts.read()).toBe(existing);
      expect(await backup()).toBeNull();
      expect(await parts.stateOf(context)).toMatchObject({ entry: 'none', canUndo: false });
      expect(parts.parts.logged().at(-1)).toBe(
        `registry.undone | ${context.name} | ${context.host} for ${clientNames[client]}`,
      );
    });

    it('takes a file away that was not there', async () => {
      await parts.registries.setUp(context.id, client);
      expect(await parts.registries.undo(context.id, client)).toEqual({ restored: 'exact' });
      expect(await parts.read()).toBeNull();
    });

    it('works after a new start of the app', async () => {
      await parts.write(existing);
      await parts.registries.setUp(context.id, client);
      expect(await parts.restarted().undo(context.id, client)).toEqual({ restored: 'exact' });
      expect(await parts.read()).toBe(existing);
    });

    it('takes out the entry alone when the file has changed since', async () => {
      await parts.write(existing);
      await parts.registries.setUp(context.id, client);
      const changed = ((await parts.read()) ?? '').replace('a.example', 'z.example');
      await parts.write(changed);
      expect(await parts.registries.undo(context.id, client)).toEqual({ restored: 'entry' });
      expect(await parts.read()).toBe(existing.replace('a.example', 'z.example'));
      expect(await backup()).toBe(existing);
    });

    it('has nothing to undo where nothing was set up', async () => {
      await expect(parts.registries.undo(context.id, client)).rejects.toMatchObject({
        code: 'nothing_to_undo',
      });
    });

    it('leaves a file alone that is no JSON any more, and can be asked again', async () => {
      await parts.registries.setUp(context.id, client);
      await parts.write('{');
      await expect(parts.registries.undo(context.id, client)).rejects.toMatchObject({
        code: 'auth_file_invalid',
      });
      expect(await parts.read()).toBe('{');
      expect(await parts.stateOf(context)).toMatchObject({ entry: 'unreadable', canUndo: true });
    });

    it('keeps passwords of the earlier file sealed', async () => {
      await parts.write(existing);
      await parts.registries.setUp(context.id, client);
      const rows = parts.parts.vault.sql().all<{ before_sealed: Buffer }>('SELECT * FROM registry_setups');
      expect(rows).toHaveLength(1);
      expect(rows[0]?.before_sealed.includes('bWF5YTpoaWRkZW4td29yZA==')).toBe(false);
    });
  });

  describe('removing a context', () => {
    it('undoes its set-up', async () => {
      await parts.write(existing);
      await parts.registries.setUp(context.id, client);
      await parts.registries.forget(context.id);
      expect(await parts.read()).toBe(existing);
    });

    it('leaves the set-up to another active context of the host', async () => {
      const other = addContext(parts.parts, { userId: 'someone-else' });
      await parts.registries.setUp(context.id, client);
      await parts.registries.forget(context.id);
      parts.parts.contexts.remove(context.id);
      expect(await parts.stateOf(other)).toMatchObject({ entry: 'keyhold', canUndo: true });
      expect(await parts.registries.undo(other.id, client)).toEqual({ restored: 'exact' });
      expect(await parts.read()).toBeNull();
    });

    it('leaves it to none of those that leave with it', async () => {
      const other = addContext(parts.parts, { userId: 'someone-else' });
      const leaving = [context.id, other.id];
      await parts.registries.setUp(context.id, client);
      expect(await parts.registries.forget(context.id, leaving)).toMatchObject({ [client]: 'undone' });
      expect(await parts.registries.forget(other.id, leaving)).toMatchObject({ [client]: 'none' });
      expect(await parts.read()).toBeNull();
    });

    it('writes and deletes no file but the client’s own, whatever its record says', async () => {
      const foreign = join(parts.home, 'diary.txt');
      await writeFile(foreign, 'dear diary');
      await parts.registries.setUp(context.id, client);
      parts.parts.vault
        .sql()
        .run('UPDATE registry_setups SET file = ?, after_hash = ?', foreign, hashOf('dear diary'));
      expect(await parts.registries.forget(context.id)).toMatchObject({ [client]: 'failed' });
      expect(await readOrNull(foreign)).toBe('dear diary');
    });

    it('is not held up by a file that cannot be read', async () => {
      await parts.registries.setUp(context.id, client);
      await parts.write('{');
      await parts.registries.forget(context.id);
      expect(await parts.read()).toBe('{');
    });
  });

  describe('the helper on PATH', () => {
    it('is left alone until a registry is set up', async () => {
      await parts.registries.refreshHelper();
      expect(await readdir(parts.home)).toEqual([]);
      expect((await parts.registries.list()).helper.state).toBe('missing');
    });

    it('is the packaged script with the path of the app, quoted', async () => {
      await parts.registries.setUp(context.id, client);
      expect(await readFile(parts.helper, 'utf8')).toContain(
        `\nKEYHOLD_APP='/opt/Maya'\\''s Apps/keyhold'\n`,
      );
    });

    it('needs no other file, and neither does the command line', async () => {
      await parts.registries.setUp(context.id, client);
      for (const name of ['docker-credential-keyhold', 'keyhold']) {
        const script = await readFile(join(dirname(parts.helper), name), 'utf8');
        expect(script).toContain('ask_by_perl() {');
        expect(script).not.toMatch(/^ *\. /m);
      }
    });

    it('is written anew at the start when the app has moved', async () => {
      await parts.registries.setUp(context.id, client);
      const moved = parts.restarted({ appExecutable: '/opt/keyhold-2/keyhold' });
      expect((await moved.list()).helper.state).toBe('stale');
      await moved.refreshHelper();
      expect((await moved.list()).helper.state).toBe('current');
      expect(await readFile(parts.helper, 'utf8')).toContain(`\nKEYHOLD_APP='/opt/keyhold-2/keyhold'\n`);
    });

    it('is brought up to date while the vault is locked', async () => {
      await parts.registries.setUp(context.id, client);
      await rm(parts.helper);
      parts.parts.vault.lock();
      await parts.registries.refreshHelper();
      expect((await parts.registries.list()).helper.state).toBe('current');
    });

    it('replaces a link without touching what it points to', async () => {
      const target = join(parts.home, 'own-script');
      await writeFile(target, 'own');
      await mkdir(dirname(parts.helper), { recursive: true });
      await symlink(target, parts.helper);
      await parts.registries.setUp(context.id, client);
      expect(await readFile(target, 'utf8')).toBe('own');
      expect((await parts.registries.list()).helper.state).toBe('current');
    });

    it('is stale when it cannot be executed', async () => {
      await parts.registries.setUp(context.id, client);
      const text = await readFile(parts.helper);
      await rm(parts.helper);
      await writeFile(parts.helper, text, { mode: 0o644 });
      expect((await parts.registries.list()).helper.state).toBe('stale');
      await parts.registries.refreshHelper();
      expect((await parts.registries.list()).helper.state).toBe('current');
    });

    it('names no helper in a file when the script cannot be installed', async () => {
      await writeFile(join(parts.home, '.local'), 'a file where a folder should be');
      await expect(parts.registries.setUp(context.id, client)).rejects.toMatchObject({
        code: 'storage_failed',
      });
      expect(await parts.read()).toBeNull();
    });
  });
});

describe('Podman and Docker', () => {
  let parts: RegistryParts;
  let context: StoredContext;
  let dockerFile: string;
  beforeEach(async () => {
    parts = await registryParts();
    context = addContext(parts.parts);
    dockerFile = join(parts.home, '.docker', 'config.json');
  });
  afterEach(async () => {
    await parts.dispose();
  });

  it('are set up and undone each for itself', async () => {
    await mkdir(dirname(dockerFile));
    await writeFile(dockerFile, existing);
    await parts.registries.setUp(context.id, 'docker');
    expect(await parts.read()).toBeNull();
    await parts.registries.setUp(context.id, 'podman');
    expect(await parts.registries.undo(context.id, 'docker')).toEqual({ restored: 'exact' });
    expect(await readOrNull(dockerFile)).toBe(existing);
    expect((await parts.registries.list()).registries[0]?.clients).toEqual({
      podman: { entry: 'keyhold', canUndo: true, fault: null },
      docker: { entry: 'none', canUndo: false, fault: null },
    });
  });

  it('are both undone when the context goes, as far as their files can be changed', async () => {
    for (const client of registryClients) await parts.registries.setUp(context.id, client);
    await writeFile(dockerFile, '{');
    expect(await parts.registries.forget(context.id)).toEqual({ podman: 'undone', docker: 'failed' });
    expect(await parts.read()).toBeNull();
    expect(await readOrNull(dockerFile)).toBe('{');
  });

  it('are told apart by what cannot be read', async () => {
    await mkdir(dirname(dockerFile));
    await writeFile(dockerFile, '{');
    await expect(parts.registries.preview(context.id, 'docker')).rejects.toMatchObject({
      code: 'auth_file_invalid',
      details: { client: 'docker', fault: 'not_json' },
    });
    expect((await parts.registries.preview(context.id, 'podman')).fileExists).toBe(false);
  });
});
