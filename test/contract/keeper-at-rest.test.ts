import Sqlite from 'better-sqlite3';
import { createECDH, hkdfSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { combine } from 'shamir-secret-sharing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { askKeeper, b64, devToken, everything } from '../support/keeper-rig.ts';
import { inMemory } from '../support/process-memory.ts';
import { filesHolding } from '../support/search-bytes.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServerProcess } from '../support/server.ts';

let folder: string;
let server: TestServerProcess;
let shares: string[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keyhold-at-rest-'));
  const config = { keeper: { dev: { enabled: true, token: devToken, permissions: everything } } };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  await start();
  const { body } = await ask('/v1/keeper/system/init', { peerId: 1, threshold: 2, total: 3 });
  shares = body['shares64'] as string[];
  await unseal();
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const args = ['--data', join(folder, 'data'), '--config', join(folder, 'config.json')];
  server = await startTestServer({ args, demo: false });
}
const ask: (path: string, body?: object) => ReturnType<typeof askKeeper> = (path, body) =>
  askKeeper(server.origin, path, body);
const unseal = () => ask('/v1/keeper/system/unseal', { payloads64: shares.slice(0, 2) });
const authorities = [{ id: 'ops' }];
const generate = (keyId: string, mode: string) =>
  ask('/v2/keeper/dkg', { keyId, algorithm: 'P256', mode, authorities });
const ecdsa = { scheme: 'ECDSA', hash: 'SHA256', data64: b64('a text of nobody’s business') };

/** Bytes in every spelling in which they might be written somewhere. */
function spellings(name: string, bytes: Uint8Array): [string, Buffer][] {
  const buffer = Buffer.from(bytes);
  return [
    [name, buffer],
    ...(['base64', 'base64url', 'hex'] as const).map((encoding): [string, Buffer] => {
      // The end of base64 depends on what comes after it.
      const text = buffer.toString(encoding);
      return [`${name} as ${encoding}`, Buffer.from(text.slice(0, text.length - 4))];
    }),
  ];
}

function database<T>(work: (db: Sqlite.Database) => T): T {
  const db = new Sqlite(join(folder, 'data/keyhold.sqlite'));
  try {
    return work(db);
  } finally {
    db.close();
  }
}

it('nothing that opens or is a key is in the database, its log, the log of the server or the audit log', async () => {
  const material = randomBytes(32);
  material[0] = 1;
  const value64 = b64(material);
  await ask('/v2/keeper/storage/store', { keyId: 'mine', algorithm: 'P256', authorities, value64 });
  await ask('/v2/keeper/storage/store', { keyId: 'mine', algorithm: 'P256', authorities, value64 });
  await ask('/v2/keeper/sign', {
    keyId: 'mine',
    command: { type: 'arbitrary', authorityId: 'ops', artifact: ecdsa },
  });
  const plaintext = randomBytes(24);
  const { body } = await ask('/v1/keeper/ecies/encrypt', { keyId: 'mine', plaintext64: b64(plaintext) });
  await ask('/v1/keeper/ecies/decrypt', { keyId: 'mine', ciphertext64: body['ciphertext64'] });
  await ask('/v1/keeper/system/unseal', { payload64: shares[2] });
  // As docs/keeper.md has a share: 18 bytes before its part, 4 behind.
  const parts = shares.map((share) => new Uint8Array(Buffer.from(share, 'base64').subarray(18, -4)));
  const root = await combine(parts.slice(1));
  const set = Buffer.from(String(shares[0]), 'base64').subarray(1, 17);
  const derived = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', root, set, `keyhold keeper 1 ${purpose}`, 32));
  const needles = new Map([
    ...parts.flatMap((part, at) => spellings(`share ${String(at)}`, part)),
    ...spellings('the root key', root),
    ...spellings('the key of the material', derived('material')),
    ...spellings('the key of the records', derived('records')),
    ...spellings('the private key', material),
    ...spellings('the plaintext', plaintext),
    ...spellings('what was signed', Buffer.from(ecdsa.data64, 'base64')),
  ]);
  expect(filesHolding(join(folder, 'data'), needles)).toEqual([]);
  for (const [name, bytes] of needles)
    expect([name, server.log().includes(bytes.toString())]).toEqual([name, false]);
  // What is public is found: so the rest would be.
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(material);
  const published = new Map([['the public key', Buffer.from(pair.getPublicKey('base64', 'compressed'))]]);
  expect(filesHolding(join(folder, 'data'), published)).not.toEqual([]);
  await server.stop();
  expect(filesHolding(join(folder, 'data'), needles)).toEqual([]);
});

it('of destroyed generations nothing stays in the database', async () => {
  await generate('mine', 'CREATE');
  const earlier = Array.from({ length: 12 }, (_, at) => at + 1);
  await Promise.all(earlier.map(() => generate('mine', 'ROTATE')));
  await server.stop();
  const sealed = database(
    (db) =>
      db.prepare('select material from keeper_generations where generation <= 12').pluck().all() as string[],
  );
  // Its end stays longest where only the record before it grows.
  const needles = new Map(sealed.map((text, at) => [`material ${String(at)}`, Buffer.from(text.slice(-24))]));
  expect(filesHolding(join(folder, 'data'), needles)).toHaveLength(earlier.length);
  await start();
  await unseal();
  for (const generation of earlier) {
    expect((await ask('/v1/keeper/destroy', { keyId: 'mine', generation })).status).toBe(204);
  }
  await server.stop();
  expect(filesHolding(join(folder, 'data'), needles)).toEqual([]);
});

it.runIf(process.platform === 'linux')(
  'a server that is sealed has neither its keys nor the shares in memory that opened them',
  async () => {
    const bytes = shares.map((share) => Buffer.from(share, 'base64'));
    const parts = bytes.map((share) => share.subarray(18, -4));
    const root = Buffer.from(await combine(parts.slice(0, 2).map((part) => new Uint8Array(part))));
    const set = bytes[0]?.subarray(1, 17) ?? Buffer.alloc(0);
    const derived = (purpose: string) =>
      Buffer.from(hkdfSync('sha256', root, set, `keyhold keeper 1 ${purpose}`, 32));
    const keys = [derived('material'), derived('records')];
    const needles = new Map([root, ...keys, ...parts].map((needle, at) => [String(at), needle]));
    const found = () => inMemory(server.pid, needles).map(Number);
    const isKey = [1, 2];
    // That of the initialization was another request: the shares are made there.
    expect(found()).toEqual(isKey);
    await ask('/v1/keeper/system/seal', {});
    expect(found()).toEqual([]);
    await ask('/v1/keeper/system/unseal', { payload64: shares[2] });
    expect(found()).toEqual([5]);
    await ask('/v1/keeper/system/unseal', { payload64: shares[2], reset: true });
    await ask('/v1/keeper/system/unseal', { payload64: 'AAAA', reset: true });
    expect(found()).toEqual([]);
  },
);
