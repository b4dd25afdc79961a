import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { roleRulesMax, rolesBytesMax, rolesMax } from '../../../../contracts/domain/role.ts';
import type { Role } from '../../../../contracts/ipc/rules.ts';
import { fileLogger } from '../../../../main/adapters/logger.ts';
import { DiskTextFiles } from '../../../../main/adapters/text-files.ts';
import { addRoles } from '../../../../main/core/rules/restored-roles.ts';
import { RoleService } from '../../../../main/core/rules/role-service.ts';
import { newBackups, openBackup, restartBackups, save, type BackupParts } from '../backup/backup-parts.ts';
import { passphrase, removeVaults, unlock } from '../vault/vault-parts.ts';

let parts: BackupParts;
let copied: string[];
beforeEach(async () => {
  copied = [];
  parts = await newBackups();
});
afterEach(removeVaults);

function rolesOf(of: BackupParts = parts): RoleService {
  const files = new DiskTextFiles(fileLogger(of.folder, 'silent'));
  const plainClipboard = {
    write: (text: string) => {
      copied.push(text);
      return Promise.resolve();
    },
  };
  return new RoleService({ ...of, files, plainClipboard });
}

const signer = {
  name: 'Signer',
  text: 'tkeeper.key.wallet-*.sign\n\n-tkeeper.key.wallet-cold.sign\r\n',
  tests: [{ operation: 'key.sign', keyId: 'wallet-cold', allowed: false }],
} satisfies Partial<Role>;

describe('a role', () => {
  it('is kept as it was typed, changed and removed, and each is written down', () => {
    const roles = rolesOf();
    const made = roles.save(null, signer);
    expect(made).toEqual({ ...signer, id: made.id, changedAt: '2026-03-01T12:00:00.000Z' });
    parts.clock.time += 1000;
    const broken = { name: 'Signers', text: 'tkeeper.**\nhalf a ru', tests: [] };
    const changed = roles.save(made.id, broken);
    expect(changed).toEqual({ ...broken, id: made.id, changedAt: '2026-03-01T12:00:01.000Z' });
    expect(roles.list()).toEqual([changed]);
    roles.remove(made.id);
    expect(roles.list()).toEqual([]);
    const kinds = parts.activity.rows();
    expect(JSON.stringify(kinds)).not.toContain('wallet-cold');
  });

  it('outlives the app, and a new key of the vault', async () => {
    const made = rolesOf().save(null, signer);
    await parts.slots.rekey(Buffer.from(passphrase));
    expect(rolesOf().list()).toEqual([made]);
    const again = restartBackups(parts);
    await unlock(again.vault);
    expect(rolesOf(again).list()).toEqual([made]);
    again.vault.lock('click');
    expect(() => rolesOf(again).list()).toThrow('vault_locked');
  });

  it('is no other’s to put there: whoever changes the file is found out', async () => {
    rolesOf().save(null, signer);
    parts.vault.close();
    const database = new Database(parts.path);
    expect(database.prepare('DELETE FROM roles').run().changes).toBe(1);
    database.close();
    const again = restartBackups(parts);
    await expect(unlock(again.vault)).rejects.toMatchObject({ code: 'vault_damaged' });
  });

  it('has a name of its own, whatever the letters', () => {
    const roles = rolesOf();
    const { id } = roles.save(null, signer);
    expect(() => roles.save(null, { ...signer, name: 'SIGNER' })).toThrow('name_taken');
    expect(() => roles.save(null, { ...signer, name: 'Ｓigner' })).toThrow('name_taken');
    const other = roles.save(null, { ...signer, name: 'Other' });
    expect(() => roles.save(other.id, signer)).toThrow('name_taken');
    expect(roles.save(id, { ...signer, name: 'signer' }).name).toBe('signer');
  });

  it('that is not there can be neither changed nor removed, exported nor copied', async () => {
    const roles = rolesOf();
    const gone = crypto.randomUUID();
    expect(() => roles.save(gone, signer)).toThrow('role_not_found');
    expect(() => {
      roles.remove(gone);
    }).toThrow('role_not_found');
    await expect(roles.export(gone, 'claim')).rejects.toThrow('role_not_found');
    expect(() => roles.copy(gone)).toThrow('role_not_found');
  });

  it('is one of so many, and of so much text', () => {
    const roles = rolesOf();
    const long = 'x'.repeat(1_000_000);
    for (let at = 0; at < 4; at++) roles.save(null, { ...signer, name: `Long ${String(at)}`, text: long });
    expect(() => roles.save(null, { ...signer, name: 'Too long', text: long })).toThrow('too_many_roles');
    expect(4 * long.length).toBeLessThan(rolesBytesMax);
    for (const { id } of roles.list()) roles.remove(id);
    for (let at = 0; at < rolesMax; at++) roles.save(null, { ...signer, name: `Role ${String(at)}` });
    expect(() => roles.save(null, signer)).toThrow('too_many_roles');
    expect(roles.list()).toHaveLength(rolesMax);
  });
});

describe('the file of a role', () => {
  const exported = async (form: 'claim' | 'dev-file', text = signer.text): Promise<string> => {
    const path = join(parts.folder, `${form}.json`);
    parts.dialogs.to = path;
    const roles = rolesOf();
    const { id } = roles.save(null, { ...signer, text });
    expect(await roles.export(id, form)).toEqual({ fileName: `${form}.json` });
    return readFileSync(path, 'utf8');
  };
  const rules = ['tkeeper.key.wallet-*.sign', '-tkeeper.key.wallet-cold.sign'];

  it('is the claim as JSON, as on the clipboard, or the dev file of a keeper', async () => {
    const claim = await exported('claim');
    expect(JSON.parse(claim)).toEqual(rules);
    await rolesOf().copy(rolesOf().list()[0]?.id ?? '');
    expect(copied).toEqual([claim]);
    rolesOf().remove(rolesOf().list()[0]?.id ?? '');
    const dev = await exported('dev-file');
    // JSON is YAML, and what TKeeper's own configuration reads (HOCON).
    for (const read of [(text: string): unknown => parse(text), (text: string): unknown => JSON.parse(text)])
      expect(read(dev)).toEqual({ keeper: { dev: { permissions: rules } } });
    expect(dev).not.toContain('token');
  });

  it('has nothing that stands for another rule, whatever the rules are', async () => {
    const word = fc.stringMatching(/^[a-z0-9":\\{}$-]{1,8}$/);
    const rule = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join('.'));
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          rule.filter((text) => text !== '-' && !text.startsWith('-.')),
          { maxLength: 5 },
        ),
        async (texts) => {
          for (const { id } of rolesOf().list()) rolesOf().remove(id);
          const file = await exported('dev-file', texts.join('\n'));
          expect(parse(file)).toEqual({ keeper: { dev: { permissions: texts } } });
        },
      ),
      { numRuns: 25 },
    );
  });

  it.each<[string, string]>([
    ['a rule that cannot be read', 'tkeeper.key.**.sign'],
    ['a rule behind white space', ' tkeeper.key.a.sign'],
    ['more rules than a token has', 'a\n'.repeat(roleRulesMax + 1)],
  ])('is not made of %s', async (_what, text) => {
    parts.dialogs.to = join(parts.folder, 'x.json');
    const roles = rolesOf();
    const { id } = roles.save(null, { ...signer, text });
    await expect(roles.export(id, 'claim')).rejects.toThrow('role_has_errors');
    expect(() => roles.copy(id)).toThrow('role_has_errors');
    expect(copied).toEqual([]);
  });

  it('is none where the person chose none, or the vault was locked meanwhile', async () => {
    const roles = rolesOf();
    const { id } = roles.save(null, signer);
    expect(await roles.export(id, 'claim')).toBeNull();
    parts.dialogs.save = () => {
      parts.vault.lock('click');
      return Promise.resolve(join(parts.folder, 'late.json'));
    };
    await expect(roles.export(id, 'claim')).rejects.toThrow('vault_locked');
    expect(() => readFileSync(join(parts.folder, 'late.json'))).toThrow();
  });
});

describe('the roles of a backup', () => {
  it.each(['merge', 'replace'] as const)(
    'come to another vault (%s), and those that it has stay',
    async (mode) => {
      const made = rolesOf().save(null, signer);
      const path = await save(parts);
      const other = await newBackups();
      const own = rolesOf(other).save(null, { ...signer, name: 'signer', text: 'tkeeper.system.seal' });
      for (let time = 0; time < 2; time++) {
        const { fileId } = await openBackup(other, path);
        await other.backups.restore(fileId, mode);
      }
      // The second time there is nothing to add: but for the name it is the same role.
      expect(rolesOf(other).list()).toEqual([own, { ...made, name: 'Signer 2' }]);
    },
  );

  it('get an id of their own where theirs is taken, and a name that is free', () => {
    const [id, changedAt] = [crypto.randomUUID(), '2026-04-01T00:00:00.000Z'];
    const name = `${'long '.repeat(11)}role`;
    rolesOf().save(null, { ...signer, name, text: 'a' });
    const role = { ...signer, id, name, changedAt };
    const again = { ...role, text: 'b' };
    parts.vault.sql().transaction(() => {
      addRoles(parts, [role, again, role]);
    });
    const names = rolesOf()
      .list()
      .map((each) => [each.name.length <= 60, each.text]);
    expect(names).toEqual([
      [true, 'a'],
      [true, signer.text],
      [true, 'b'],
    ]);
    expect(
      new Set(
        rolesOf()
          .list()
          .map((each) => each.id),
      ).size,
    ).toBe(3);
    expect(
      new Set(
        rolesOf()
          .list()
          .map((each) => each.name),
      ).size,
    ).toBe(3);
  });

  it('are all restored or nothing is', () => {
    const roles = Array.from({ length: rolesMax + 1 }, (_, at) => ({
      ...{ ...signer, id: crypto.randomUUID(), name: `Role ${String(at)}` },
      changedAt: '2026-01-01T00:00:00.000Z',
    }));
    const add = (): void => {
      parts.vault.sql().transaction(() => {
        addRoles(parts, roles);
      });
    };
    expect(add).toThrow('too_many_roles');
    expect(rolesOf().list()).toEqual([]);
  });
});
