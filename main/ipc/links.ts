import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { AppLinks } from '../core/links/app-links.ts';

export function linksHandlers({ links }: { links: AppLinks }): IpcHandlers['links'] {
  return {
    current: () => {
      const link = links.current;
      if (link?.kind !== 'join') return link;
      const { kind, origin, openedAt } = link;
      return { kind, origin, host: new URL(origin).host, openedAt };
    },
    close: () => links.close(),
  };
}
