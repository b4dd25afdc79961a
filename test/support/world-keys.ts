import { expiryOf, type KeyAge } from '../../contracts/domain/key-expiry.ts';
import type { KeySummary } from '../../contracts/domain/key.ts';
import { KeyholdError } from '../../contracts/errors.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import { samplePendingKey, sampleRotation, timeFromNow } from './samples.ts';
import type { World } from './world.ts';

const publicTexts = {
  openssh: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl This computer\n',
  pem: [
    '-----BEGIN PUBLIC KEY-----',
    'MCowBQYDK2VwAyEA4yqqeRXOubRJ0bpQ6ioouxpuAfkL2iRaLR2HaX0YomU=',
    '-----END PUBLIC KEY-----\n',
  ].join('\n'),
  jwk: '{\n  "kty": "OKP",\n  "crv": "Ed25519",\n  "x": "4yqqeRXOubRJ0bpQ6ioouxpuAfkL2iRaLR2HaX0YomU"\n}\n',
};

/** Not by `crypto.randomUUID`: the pictures' pages are no secure context. */
function idOf(index: number): string {
  return `7c9e6679-7425-40de-944b-${String(index).padStart(12, '0')}`;
}

/** The keys of a world: what the window asks for is done to them as main would. */
export function keysHandlers(world: World): IpcHandlers['keys'] {
  const known = (keyId: string): KeySummary => {
    const key = world.keys.find(({ id }) => id === keyId);
    if (key === undefined) throw new KeyholdError('key_not_found');
    return key;
  };
  const change = (keyId: string, facts: Partial<KeySummary>): KeySummary => {
    const changed = { ...known(keyId), ...facts };
    world.keys = world.keys.map((key) => (key.id === keyId ? changed : key));
    return changed;
  };
  const add = (
    contextId: string,
    request: { label: string; age: KeyAge; source: KeySummary['source'] },
  ): KeySummary => {
    const { label, age, source } = request;
    const createdAt = timeFromNow(0);
    const expiresAt = expiryOf(createdAt, age);
    const id = idOf(world.keys.length);
    const added = samplePendingKey({ id, contextId, label, source, createdAt, expiresAt });
    world.keys = [added, ...world.keys];
    return added;
  };
  return {
    list: ({ contextId }) => world.keys.filter((key) => key.contextId === contextId),
    make: ({ contextId, label, age }) => add(contextId, { label, age, source: 'made' }),
    rename: ({ keyId, label }) => change(keyId, { label }),
    setAge: ({ keyId, age }) => change(keyId, { expiresAt: expiryOf(known(keyId).createdAt, age) }),
    revoke: ({ keyId, anyway }) => {
      const confirmed = world.revocation === 'revoked' || world.revocation === 'not_registered';
      const retired = confirmed || anyway;
      if (retired) change(keyId, { state: 'revoked', signs: false, revokedAt: timeFromNow(0) });
      return { revocation: world.revocation, retired };
    },
    remove: ({ keyId }) => {
      known(keyId);
      world.keys = world.keys.filter(({ id }) => id !== keyId);
    },
    publicText: ({ format }) => ({ text: publicTexts[format] }),
    copyPublic: () => undefined,
    savePublic: () => ({ fileName: 'this-computer.pub' }),
    chooseFile: () => ({ fileToken: idOf(99), fileName: 'id_ed25519' }),
    import: ({ contextId, label, age, pick }) =>
      world.keysInText.length > 0 && pick === null
        ? { outcome: 'several', choices: world.keysInText }
        : { outcome: 'imported', key: add(contextId, { label, age, source: 'imported' }) },
    rotation: () => world.rotation,
    rotate: ({ contextId }) => {
      world.rotation = sampleRotation({ ...world.rotation, contextId, running: true, problem: null });
      return world.rotation;
    },
    stopRotation: () => {
      if (world.rotation === null) return;
      const over = world.rotation.step === 'done';
      world.rotation = over ? null : { ...world.rotation, running: false, problem: 'stopped' };
    },
    undoRotation: () => {
      world.rotation = null;
      return { revocation: world.revocation };
    },
    endRotation: () => {
      if (world.rotation !== null) world.rotation = { ...world.rotation, step: 'done', running: false };
    },
  };
}
