import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { BotService } from '../core/bots/bot-service.ts';
import type { Vault } from '../core/vault/vault.ts';
import { requireUnlocked } from './guard.ts';

interface Deps {
  vault: Vault;
  bots: BotService;
}

export function botsHandlers({ vault, bots }: Deps): IpcHandlers['bots'] {
  return {
    list: ({ contextId }) => {
      requireUnlocked(vault);
      return bots.list(contextId);
    },
    create: async (place) => {
      requireUnlocked(vault);
      await bots.create(place);
    },
    remove: async (place) => {
      requireUnlocked(vault);
      await bots.remove(place);
    },
    makeKey: ({ label, ...place }) => {
      requireUnlocked(vault);
      return bots.makeKey(place, label);
    },
    revokeKey: async ({ kid, ...place }) => {
      requireUnlocked(vault);
      await bots.revokeKey(place, kid);
    },
    saveCredential: async ({ credentialId }) => {
      requireUnlocked(vault);
      const fileName = await bots.saveCredential(credentialId);
      return fileName === null ? null : { fileName };
    },
    copyCredential: ({ credentialId }) => {
      requireUnlocked(vault);
      return bots.copyCredential(credentialId);
    },
    closeCredential: ({ credentialId }) => {
      requireUnlocked(vault);
      bots.closeCredential(credentialId);
    },
  };
}
