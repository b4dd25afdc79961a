import { pullCommand } from '../../contracts/domain/image.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { ContextService } from '../core/contexts/context-service.ts';
import type { ImageService } from '../core/images/image-service.ts';
import type { Clipboard } from '../core/ports.ts';
import type { Vault } from '../core/vault/vault.ts';
import { requireUnlocked } from './guard.ts';

interface Deps {
  vault: Vault;
  contexts: ContextService;
  images: ImageService;
  clipboard: Clipboard;
}

export function imagesHandlers({ vault, contexts, images, clipboard }: Deps): IpcHandlers['images'] {
  return {
    tags: ({ after, ...place }) => {
      requireUnlocked(vault);
      return images.tags(place, after);
    },
    image: ({ tag, ...place }) => {
      requireUnlocked(vault);
      return images.image(place, tag);
    },
    deleteTag: async ({ tag, ...place }) => {
      requireUnlocked(vault);
      await images.deleteTag(place, tag);
    },
    copyPull: async ({ contextId, repository, tool, reference, index }) => {
      requireUnlocked(vault);
      const { origin, host } = contexts.get(contextId);
      await clipboard.write(pullCommand(tool, { origin, host, repository, reference, index }));
    },
    copyDigest: async ({ digest }) => {
      requireUnlocked(vault);
      await clipboard.write(digest);
    },
    close: (place) => {
      requireUnlocked(vault);
      images.close(place);
    },
  };
}
