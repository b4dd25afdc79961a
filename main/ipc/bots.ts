import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { BotService } from '../core/bots/bot-service.ts';

interface Deps {
  bots: BotService;
}

export function botsHandlers({ bots }: Deps): IpcHandlers['bots'] {
  return {
    list: ({ contextId }) => bots.list(contextId),
    create: (place) => bots.create(place),
    remove: (place) => bots.remove(place),
    makeKey: ({ label, ...place }) => bots.makeKey(place, label),
    revokeKey: ({ kid, ...place }) => bots.revokeKey(place, kid),
    saveCredential: async ({ credentialId }) => {
      const fileName = await bots.saveCredential(credentialId);
      return fileName === null ? null : { fileName };
    },
    copyCredential: ({ credentialId }) => bots.copyCredential(credentialId),
    closeCredential: ({ credentialId }) => bots.closeCredential(credentialId),
  };
}
