import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { KeeperService } from '../core/keeper/keeper-service.ts';
import type { KeyChanges } from '../core/keeper/key-changes.ts';
import type { KeyUses } from '../core/keeper/key-uses.ts';
import type { Clipboard } from '../core/ports.ts';

interface Deps {
  keeper: KeeperService;
  changes: KeyChanges;
  uses: KeyUses;
  clipboard: Clipboard;
}

export function remoteKeysHandlers({ keeper, changes, uses, clipboard }: Deps): IpcHandlers['remoteKeys'] {
  return {
    standing: ({ contextId }) => keeper.standing(contextId),
    list: ({ contextId }) => keeper.list(contextId),
    one: ({ contextId, keyId }) => keeper.one(contextId, keyId),
    publicKey: ({ contextId, keyId, generation }) => keeper.publicKey(contextId, keyId, generation),
    // It is public: it stays on the clipboard.
    copy: ({ base64 }) => clipboard.write(base64),
    create: ({ contextId, ...key }) => changes.create(contextId, key),
    renew: ({ contextId, keyId, mode, ends }) => changes.renew(contextId, keyId, mode, ends),
    destroy: ({ contextId, keyId, generation }) => changes.destroy(contextId, keyId, generation),
    sign: ({ contextId, keyId, content, ...by }) => uses.sign(contextId, keyId, content, by),
    verify: ({ contextId, keyId, content, ...by }) => uses.verify(contextId, keyId, content, by),
    encrypt: ({ contextId, keyId, content }) => uses.encrypt(contextId, keyId, content),
    decrypt: ({ contextId, keyId, ...by }) => uses.decrypt(contextId, keyId, by),
  };
}
