import { basename } from 'node:path';
import { KeyholdError } from '../../contracts/errors.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { ContextService } from '../core/contexts/context-service.ts';
import type { KeyImport } from '../core/credentials/keys/import/key-import.ts';
import { publicKeyFile } from '../core/credentials/keys/key-export.ts';
import type { KeyService } from '../core/credentials/keys/key-service.ts';
import { revokeKey } from '../core/credentials/keys/revoke-key.ts';
import type { RotationService } from '../core/credentials/keys/rotation/rotation-service.ts';
import type { Clipboard, Clock, FileDialogs, Random, TextFiles } from '../core/ports.ts';
import type { HttpClient } from '../core/ports/http.ts';
import type { Vault } from '../core/vault/vault.ts';

interface Deps {
  vault: Vault;
  contexts: ContextService;
  keys: KeyService;
  keyImport: KeyImport;
  rotations: RotationService;
  clipboard: Clipboard;
  dialogs: FileDialogs;
  files: TextFiles;
  http: HttpClient;
  clock: Clock;
  random: Random;
  /** Tells the window that keys have changed. */
  changed: () => void;
}

export function keysHandlers(deps: Deps): IpcHandlers['keys'] {
  const { contexts, keys, keyImport, rotations, changed } = deps;
  return {
    ...publicKeyHandlers(deps),
    ...rotationHandlers(deps),
    list: ({ contextId }) => keys.list(contexts.get(contextId).id),
    make: ({ contextId, label, age }) => {
      rotations.requireNone(contextId);
      const made = keys.create(contextId, label, age);
      changed();
      return made;
    },
    rename: ({ keyId, label }) => {
      const renamed = keys.rename(keyId, label);
      changed();
      return renamed;
    },
    setAge: ({ keyId, age }) => {
      const key = keys.setAge(keyId, age);
      changed();
      return key;
    },
    revoke: async ({ keyId, anyway }) => {
      const outcome = await revokeKey(deps, keyId, anyway);
      changed();
      return outcome;
    },
    remove: ({ keyId }) => {
      if (keys.get(keyId).state !== 'revoked') throw new KeyholdError('key_not_found');
      keys.endings.remove(keyId);
      changed();
    },
    chooseFile: () => keyImport.choose(),
    import: async (request) => {
      const answer = await keyImport.import(request);
      if (answer.outcome === 'imported') changed();
      return answer;
    },
  };
}

type PublicKeyCalls = 'publicText' | 'copyPublic' | 'savePublic';

function publicKeyHandlers(deps: Deps): Pick<IpcHandlers['keys'], PublicKeyCalls> {
  const { keys, clipboard, dialogs, files } = deps;
  return {
    publicText: ({ keyId, format }) => ({ text: keys.publicText(keyId, format) }),
    copyPublic: async ({ keyId, format }) => {
      // It is public: it stays on the clipboard.
      await clipboard.write(keys.publicText(keyId, format));
    },
    savePublic: async ({ keyId, format }) => {
      const text = keys.publicText(keyId, format);
      const { name, extension } = publicKeyFile(keys.get(keyId).label, format);
      const path = await dialogs.save({ title: 'Save public key', fileName: name, extension });
      if (path === null) return null;
      await files.writeAtomic(path, text, 0o644);
      return { fileName: basename(path) };
    },
  };
}

type RotationCalls = 'rotation' | 'rotate' | 'stopRotation' | 'undoRotation' | 'endRotation';

function rotationHandlers({ contexts, rotations }: Deps): Pick<IpcHandlers['keys'], RotationCalls> {
  return {
    rotation: ({ contextId }) => rotations.state(contextId),
    rotate: ({ contextId, byPasting }) => rotations.rotate(contextId, byPasting),
    stopRotation: ({ contextId }) => rotations.stop(contexts.get(contextId).id),
    undoRotation: async ({ contextId }) => ({ revocation: await rotations.undo(contextId) }),
    endRotation: ({ contextId }) => rotations.end(contextId),
  };
}
