import { expect } from 'vitest';
import { systemClock } from '../../main/adapters/clock.ts';
import { systemRandom } from '../../main/adapters/random.ts';
import type { HttpClient } from '../../main/core/ports/http.ts';
import type { SignInParts } from '../unit/main/signin/sign-in-parts.ts';
import { addKeeper, appKeeper, type AppKeeper } from './app-keeper.ts';
import { askKeeper } from './keeper-rig.ts';

const remoteKey = 'tolerant';
const remoteText = { from: 'text', text: 'hello' } as const;
const bySha256 = { scheme: 'ECDSA', hash: 'SHA256' } as const;
const base64 = Buffer.from('none').toString('base64');

/** The app's services of a keeper's keys, and the context that they are asked for. */
type KeeperWorld = AppKeeper & { at: string };

interface KeeperCall {
  run: (world: KeeperWorld) => Promise<unknown>;
  /** Part of what it answers when the service knows more than this version. */
  longer?: unknown;
}

/** The demo's keeper may be unsealed already. Gives it a key. */
export async function openKeeper(origin: string): Promise<void> {
  const made = await askKeeper(origin, '/v1/keeper/system/init', { peerId: 1, threshold: 1, total: 1 });
  if (made.status === 200)
    await askKeeper(origin, '/v1/keeper/system/unseal', { payloads64: made.body['shares64'] });
  const key = { keyId: remoteKey, algorithm: 'P256', mode: 'CREATE', authorities: [{ id: 'ops' }] };
  expect(await askKeeper(origin, '/v2/keeper/dkg', key)).toMatchObject({ status: 204 });
}

export async function keeperWorld(
  parts: SignInParts,
  server: { host: string },
  http: HttpClient,
): Promise<KeeperWorld> {
  return { ...appKeeper(parts, systemClock, http), at: await addKeeper(parts, server) };
}

/** A key of its own each time. */
async function newRemoteKey({ changes, at }: KeeperWorld): Promise<string> {
  const keyId = `key-${systemRandom.uuid()}`;
  const unlimited = { owner: null, applyUntil: null, processUntil: null };
  await changes.create(at, { keyId, algorithm: 'P256', ...unlimited });
  return keyId;
}
/** Calls about the keys of a keeper, whose refusals have a form of their own. */
export const keeperCalls: Readonly<Record<string, KeeperCall>> = {
  'remoteKeys.standing': {
    run: ({ keeper, at }) => keeper.standing(at),
    longer: { subject: 'dev-mode', isAll: true, state: 'UNSEALED' },
  },
  'remoteKeys.list': {
    run: ({ keeper, at }) => keeper.list(at),
    longer: { keys: expect.arrayContaining([expect.objectContaining({ keyId: remoteKey })]) as object[] },
  },
  'remoteKeys.one': {
    run: ({ keeper, at }) => keeper.one(at, remoteKey),
    longer: { key: { state: 'ACTIVE' }, generations: [{ generation: 1 }] },
  },
  'remoteKeys.publicKey': {
    run: ({ keeper, at }) => keeper.publicKey(at, remoteKey, 1),
    longer: { fingerprint: expect.stringContaining('SHA256:') as string },
  },
  'remoteKeys.create': { run: newRemoteKey },
  'remoteKeys.renew': {
    run: async (world) => world.changes.renew(world.at, await newRemoteKey(world), 'rotate'),
  },
  'remoteKeys.destroy': {
    run: async (world) => {
      const { changes, at } = world;
      const keyId = await newRemoteKey(world);
      await changes.renew(at, keyId, 'refresh');
      await changes.destroy(at, keyId, 1);
    },
  },
  'remoteKeys.sign': {
    run: ({ uses, at }) => uses.sign(at, remoteKey, remoteText, { ...bySha256, authority: 'ops' }),
    longer: { scheme: 'ECDSA', generation: 1 },
  },
  'remoteKeys.verify': {
    run: ({ uses, at }) =>
      uses.verify(at, remoteKey, remoteText, { ...bySha256, signature: base64, generation: null }),
    longer: { valid: false },
  },
  'remoteKeys.encrypt': {
    run: ({ uses, at }) => uses.encrypt(at, remoteKey, remoteText),
    longer: { generation: 1 },
  },
  'remoteKeys.decrypt': {
    run: async ({ uses, at }) => {
      const { ciphertext = '' } = (await uses.encrypt(at, remoteKey, remoteText)) ?? {};
      return uses.decrypt(at, remoteKey, { ciphertext, generation: null, to: 'text' });
    },
    longer: { text: 'hello' },
  },
};
