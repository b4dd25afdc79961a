import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { AppLinks } from '../core/links/app-links.ts';

export function linksHandlers({ links }: { links: AppLinks }): IpcHandlers['links'] {
  return {
    current: () => {
      const link = links.current;
      if (link?.kind !== 'join') return link;
      const { kind, origin, id } = link;
      return { kind, origin, host: new URL(origin).host, id };
    },
    paste: ({ link }) => links.paste(link),
    close: () => links.close(),
  };
}
