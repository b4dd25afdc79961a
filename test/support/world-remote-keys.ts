import type { RemoteKey } from '../../contracts/ipc/remote-keys.ts';
import { KeyholdError } from '../../contracts/errors.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import { holdRules } from '../../contracts/permissions/decision.ts';
import { decideOperation, type OperationId } from '../../contracts/permissions/operations.ts';
import { sampleGenerations, sampleKeeperContext, sampleRemoteKey } from './samples-remote-keys.ts';
import { timeFromNow } from './samples.ts';
import type { World } from './world.ts';

/** Signs in whoever pastes a token that is not over, and knows the claims that a world says it has. */
export function tokenSignInHandlers(world: World): IpcHandlers['tokenSignIn'] {
  return {
    read: ({ token }) => (token.split('.').length === 3 ? world.keeper.claims : null),
    signIn: ({ target, form, token }) => {
      const { claims } = world.keeper;
      if (form === 'jwt' && (claims === null || token.split('.').length !== 3)) {
        throw new KeyholdError('token_no_jwt');
      }
      const isJwt = form === 'jwt' && claims !== null;
      const who = isJwt ? (claims.subject ?? '') : 'dev-mode';
      const endsAt = isJwt ? claims.endsAt : null;
      const context = sampleKeeperContext({ userId: who, endsAt });
      if (target.kind === 'new') {
        world.contexts = [
          ...world.contexts.map((each) => ({ ...each, current: false })),
          { ...context, name: target.name, id: crypto.randomUUID() },
        ];
      } else {
        world.contexts = world.contexts.map((each) =>
          each.id === target.contextId
            ? { ...each, state: 'active', credential: 'pasted', endsAt, signIn: context.signIn }
            : each,
        );
      }
      const contextId = target.kind === 'context' ? target.contextId : (world.contexts.at(-1)?.id ?? '');
      return { contextId, who, setUps: { podman: 'not_asked', docker: 'not_asked' } };
    },
  };
}

/** A keeper that does what its keys and the caller's rules let it. */
export function remoteKeysHandlers(world: World): IpcHandlers['remoteKeys'] {
  const allow = (operation: OperationId, keyId: string | null = null): void => {
    const { state, permissions } = world.keeper.standing;
    if (state === 'SEALED') throw new KeyholdError('keeper_sealed');
    if (state === 'UNINITIALIZED') throw new KeyholdError('keeper_not_initialized');
    if (!decideOperation(holdRules(permissions), operation, keyId).allowed)
      throw new KeyholdError('not_allowed');
  };
  const found = (keyId: string): RemoteKey => {
    const key = world.keeper.keys.find((each) => each.keyId === keyId);
    if (key === undefined) throw new KeyholdError('remote_key_not_found');
    return key;
  };
  const generationsOf = (keyId: string) =>
    (world.keeper.generations[keyId] ??= sampleGenerations(found(keyId)));
  /** What can be used, current where no generation is named. */
  const usable = (keyId: string, wanted: number | null): number => {
    const generation = wanted ?? found(keyId).generation;
    const state = generationsOf(keyId).find((each) => each.generation === generation)?.state;
    if (state === undefined || state === 'DESTROYED') throw new KeyholdError('remote_key_over');
    return generation;
  };
  const taken = (content: { from: 'text'; text: string } | { from: 'file' }) =>
    content.from === 'text'
      ? { fileName: null, text: content.text }
      : world.keeper.file === null
        ? null
        : { fileName: world.keeper.file, text: world.keeper.file };
  const signature = (keyId: string, generation: number, hash: string, text: string): string =>
    toBase64([keyId, String(generation), hash, text].join('\n'));
  const change = (keyId: string, facts: Partial<RemoteKey>): void => {
    world.keeper.keys = world.keeper.keys.map((key) => (key.keyId === keyId ? { ...key, ...facts } : key));
  };
  return {
    standing: () => world.keeper.standing,
    list: () => {
      allow('compliance.inventory');
      return { keys: world.keeper.keys, isAll: true };
    },
    one: ({ keyId }) => {
      allow('compliance.inventory');
      return { key: found(keyId), generations: generationsOf(keyId) };
    },
    publicKey: ({ keyId, generation }) => {
      allow('key.public', keyId);
      const base64 = toBase64(`public key of ${keyId}, ${String(generation ?? found(keyId).generation)}`);
      return { base64, fingerprint: `SHA256:${base64.replace(/=+$/, '').padEnd(43, 'x').slice(0, 43)}` };
    },
    copy: () => undefined,
    create: ({ keyId, algorithm, owner, applyUntil, processUntil }) => {
      allow('dkg.create');
      if (world.keeper.keys.some((key) => key.keyId === keyId)) throw new KeyholdError('remote_key_exists');
      const made = {
        keyId,
        algorithm,
        owner,
        applyUntil,
        processUntil,
        generation: 1,
        createdAt: timeFromNow(0),
      };
      world.keeper.keys = [...world.keeper.keys, sampleRemoteKey({ ...made, updatedAt: timeFromNow(0) })];
    },
    renew: ({ keyId, mode, ends }) => {
      allow(mode === 'rotate' ? 'dkg.rotate' : 'dkg.refresh');
      const generation = found(keyId).generation + 1;
      const made = { generation, state: 'ACTIVE', createdAt: timeFromNow(0) };
      world.keeper.generations[keyId] = [made, ...generationsOf(keyId)];
      change(keyId, { generation, ...(ends !== null && { ...ends, state: 'ACTIVE' }) });
    },
    destroy: ({ keyId, generation }) => {
      allow('key.destroy', keyId);
      if (found(keyId).generation === generation) throw new KeyholdError('generation_in_use');
      world.keeper.generations[keyId] = generationsOf(keyId).map((each) =>
        each.generation === generation ? { ...each, state: 'DESTROYED' } : each,
      );
    },
    sign: ({ keyId, content, scheme, hash }) => {
      allow('key.sign', keyId);
      const what = taken(content);
      if (what === null) return null;
      const generation = usable(keyId, null);
      const { fileName, text } = what;
      return { fileName, signature: signature(keyId, generation, hash, text), scheme, generation };
    },
    verify: ({ keyId, content, hash, signature: given, generation }) => {
      allow('key.verify', keyId);
      const what = taken(content);
      if (what === null) return null;
      const expected = signature(keyId, usable(keyId, generation), hash, what.text);
      return { fileName: what.fileName, valid: given === expected };
    },
    encrypt: ({ keyId, content }) => {
      allow('key.encrypt', keyId);
      const what = taken(content);
      if (what === null) return null;
      return { fileName: what.fileName, ciphertext: toBase64(what.text), generation: usable(keyId, null) };
    },
    decrypt: ({ keyId, ciphertext, generation, to }) => {
      allow('key.decrypt', keyId);
      usable(keyId, generation);
      if (to === 'file' && world.keeper.file === null) return null;
      const text = fromBase64(ciphertext);
      if (text === null) throw new KeyholdError('not_base64');
      return {
        text: to === 'file' ? null : text,
        bytes: text.length,
        fileName: to === 'file' ? world.keeper.file : null,
      };
    },
  };
}

function toBase64(text: string): string {
  return btoa(String.fromCodePoint(...new TextEncoder().encode(text)));
}

function fromBase64(base64: string): string | null {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), (each) => each.codePointAt(0) ?? 0));
  } catch {
    return null;
  }
}
