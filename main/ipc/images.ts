import { pullCommand } from '../../contracts/domain/pull-command.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { ContextService } from '../core/contexts/context-service.ts';
import type { ImageService } from '../core/images/image-service.ts';
import type { Clipboard } from '../core/ports.ts';

interface Deps {
  contexts: ContextService;
  images: ImageService;
  clipboard: Clipboard;
}

export function imagesHandlers({ contexts, images, clipboard }: Deps): IpcHandlers['images'] {
  return {
    tags: ({ after, ...place }) => images.tags(place, after),
    image: ({ tag, ...place }) => images.image(place, tag),
    deleteTag: ({ tag, ...place }) => images.deleteTag(place, tag),
    copyPull: async ({ contextId, repository, tool, reference, index }) => {
      const { origin, host } = contexts.get(contextId);
      await clipboard.write(pullCommand(tool, { origin, host, repository, reference, index }));
    },
    copyDigest: ({ digest }) => clipboard.write(digest),
    close: (place) => images.close(place),
  };
}
