import { randomBytes, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { limits } from '../../../../contracts/domain/limits.ts';
import { argon2Kdf } from '../../../../main/adapters/kdf.ts';
import { systemRandom } from '../../../../main/adapters/random.ts';
import {
  encodeContent,
  type BackedUpContext,
  type BackupContent,
} from '../../../../main/core/backup/backup-content.ts';
import type {
  BackedUpApiKey,
  BackedUpKey,
} from '../../../../main/core/credentials/backup/backed-up-credentials.ts';
import { newBackupKey, sealBackup } from '../../../../main/core/backup/backup-file.ts';
import { openSeed } from '../../../../main/core/credentials/backup/vault-credentials.ts';
import { readKeys, type KeyTerms } from '../../../../main/core/credentials/keys/key-store.ts';
import { cheapest, removeVaults } from '../vault/vault-parts.ts';
import {
  addWorkContext,
  keyTerms,
  backupPassphrase,
  type BackupParts,
  newBackups,
  openBackup,
  rowsOf,
} from './backup-parts.ts';

afterEach(removeVaults);

/** A backup file around any content, as someone who knows its passphrase could make it. */
async function forge(path: string, plain: Buffer): Promise<string> {
  const deps = { kdf: argon2Kdf, random: systemRandom };
  const key = await newBackupKey(deps, Buffer.from(backupPassphrase), cheapest);
  writeFileSync(path, sealBackup(systemRandom, key, plain));
  return path;
}

function apiKey(secret = 'nsk_abc'): BackedUpApiKey {
  const facts = { keyId: 'key_1', label: 'ci', createdAt: '2026-03-01T12:00:00.000Z', expiresAt: null };
  return { ...facts, id: '6f1c2f0e-3b7d-4c19-9a52-0d6f6b1f2a01', secret: Buffer.from(secret) };
}

interface TrueContent extends BackupContent {
  contexts: [
    BackedUpContext & { keyTerms: KeyTerms; keys: [BackedUpKey, ...BackedUpKey[]] },
    ...BackedUpContext[],
  ];
}

/** What a true backup of one context and one key holds, to be changed. */
function trueContent({ vault, keys }: BackupParts): TrueContent {
  const context = addWorkContext(vault, { current: true });
  keys.create(context.id, 'laptop');
  const [row] = readKeys(vault.sql(), context.id);
  if (row === undefined) throw new Error('no key');
  const savedAt = '2026-03-01T12:00:00.000Z';
  const key: BackedUpKey = {
    id: row.id,
    kid: row.kid,
    label: row.label,
    publicKey: row.public_key,
    source: row.source,
    seed: openSeed(vault, row),
    createdAt: row.created_at,
    registeredAt: null,
    lastUsedAt: null,
    expiresAt: null,
    revokedAt: null,
  };
  const credentials = { credential: 'key', keyTerms: { ...keyTerms }, keys: [key], apiKey: null } as const;
  return { savedAt, contexts: [{ ...context, ...credentials, keys: [key], answers: true }], roles: [] };
}

const role = {
  ...{ id: randomUUID(), name: 'Signer', text: 'tkeeper.key.*.sign', tests: [] },
  changedAt: '2026-03-01T12:00:00.000Z',
};

const changes: Record<string, (content: TrueContent) => void> = {
  'another key’s seed': ({ contexts: [{ keys }] }) => {
    keys[0].seed = randomBytes(32);
  },
  'no seed for a key in use': ({ contexts: [{ keys }] }) => {
    keys[0].seed = null;
  },
  'a service over plain HTTP': ({ contexts: [context] }) => {
    Object.assign(context, { origin: 'http://kheeper.example', dashboardUrl: null });
  },
  'another host than its service’s': ({ contexts: [context] }) => {
    context.host = 'evil.example';
  },
  'a dashboard elsewhere': ({ contexts: [context] }) => {
    context.dashboardUrl = 'https://evil.example/';
  },
  'a dashboard without an address': ({ contexts: [context] }) => {
    context.dashboardUrl = 'nowhere';
  },
  'a name with control characters': ({ contexts: [context] }) => {
    context.name = 'Work\u0007';
  },
  'a name too long': ({ contexts: [context] }) => {
    context.name = 'x'.repeat(limits.contextNameMax + 1);
  },
  'a service name without end': ({ contexts: [context] }) => {
    context.serviceName = 'x'.repeat(10_000);
  },
  'a time that is none': ({ contexts: [context] }) => {
    context.createdAt = 'yesterday';
  },
  'nothing of what its service asks of keys': ({ contexts: [context] }) => {
    Object.assign(context, { keyTerms: null });
  },
  'no life for tokens': ({ contexts: [context] }) => {
    context.keyTerms.maxTokenTtl = 0;
  },
  'a dialect that is not known': ({ contexts: [context] }) => {
    Object.assign(context, { dialects: ['keyhold', 'esperanto'] });
  },
  'a user with a line break': ({ contexts: [context] }) => {
    context.userId = 'u_1\nu_2';
  },
  'a user whose direction turns': ({ contexts: [context] }) => {
    context.userId = 'u_\u202e1';
  },
  'a user without end': ({ contexts: [context] }) => {
    context.userId = 'u'.repeat(limits.subjectMax + 1);
  },
  'a role without a name': (content) => {
    content.roles = [{ ...role, name: '' }];
  },
  'two roles of one name': (content) => {
    content.roles = [role, { ...role, id: randomUUID(), name: 'SIGNER' }];
  },
  'a role twice': (content) => {
    content.roles = [role, { ...role, name: 'Other' }];
  },
  'an organization with a space': ({ contexts: [context] }) => {
    context.org = 'acme corp';
  },
  'a credential of a kind that is not known': ({ contexts: [context] }) => {
    Object.assign(context, { credential: 'password' });
  },
  'a session': ({ contexts: [context] }) => {
    Object.assign(context, { credential: 'session' });
  },
  'an API key, and keys that sign in': ({ contexts: [context] }) => {
    context.apiKey = apiKey();
  },
  'nothing of the API key that signs in': ({ contexts: [context] }) => {
    Object.assign(context, { credential: 'api-key' });
  },
  'an API key that breaks requests': ({ contexts: [context] }) => {
    Object.assign(context, { credential: 'api-key', apiKey: apiKey('nsk_a\r\nx: y') });
  },
  'an API key twice': ({ contexts }) => {
    const [context] = contexts;
    Object.assign(context, { credential: 'api-key', apiKey: apiKey() });
    contexts.push({ ...context, id: crypto.randomUUID(), name: 'Second', keys: [] });
  },
  'something more': ({ contexts: [context] }) => {
    Object.assign(context.keyTerms, { admin: true });
  },
  'a context twice': ({ contexts }) => {
    contexts.push({ ...contexts[0], keys: [] });
  },
  'one name twice': ({ contexts }) => {
    contexts.push({ ...contexts[0], id: crypto.randomUUID(), name: 'ＷＯＲＫ', userId: 'u_1', keys: [] });
  },
  'a key twice': ({ contexts: [{ keys }] }) => {
    keys.push({ ...keys[0], id: crypto.randomUUID() });
  },
};

describe('a backup that was made with its passphrase, but not by Keyhold,', () => {
  it('is taken when nothing is wrong with it', async () => {
    const parts = await newBackups();
    const path = await forge(parts.backupPath, encodeContent(trueContent(parts)));
    expect((await openBackup(parts, path)).preview).toMatchObject({
      contexts: 1,
      credentials: 1,
      newCredentials: 0,
    });
  });

  it.each(Object.keys(changes))('with %s is refused', async (name) => {
    const parts = await newBackups();
    const content = trueContent(parts);
    changes[name]?.(content);
    const path = await forge(parts.backupPath, encodeContent(content));
    const before = rowsOf(parts);
    await expect(openBackup(parts, path)).rejects.toMatchObject({ code: 'backup_damaged' });
    expect(rowsOf(parts)).toEqual(before);
  });

  it.each([
    ['no JSON', Buffer.from('\0\0\0\x05{"a":'), 'backup_damaged'],
    ['a length beyond its end', Buffer.from('\xff\xff\xff\xff{}', 'latin1'), 'backup_damaged'],
    ['nothing', Buffer.alloc(0), 'backup_damaged'],
    ['another shape', Buffer.from('\0\0\0\x02{}'), 'backup_damaged'],
    ['a later version', Buffer.from('\0\0\0\x0d{"version":5}'), 'backup_newer'],
  ])('that holds %s is refused', async (_what, plain, code) => {
    const parts = await newBackups();
    const path = await forge(parts.backupPath, plain);
    await expect(openBackup(parts, path)).rejects.toMatchObject({ code });
  });

  it.each([
    ['more seeds than keys', (whole: Buffer) => Buffer.concat([whole, randomBytes(32)])],
    ['fewer seeds than keys', (whole: Buffer) => whole.subarray(0, -32)],
    ['a seed that is cut', (whole: Buffer) => whole.subarray(0, -1)],
  ])('that holds %s is refused', async (_what, change) => {
    const parts = await newBackups();
    const plain = Buffer.from(change(encodeContent(trueContent(parts))));
    const opening = openBackup(parts, await forge(parts.backupPath, plain));
    await expect(opening).rejects.toMatchObject({ code: 'backup_damaged' });
  });
});
