import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import { readInvitationLink } from '../../contracts/domain/app-link.ts';
import type { World } from './world.ts';

export function linksHandlers(world: World): IpcHandlers['links'] {
  return {
    current: () => world.link,
    paste: ({ link }) => {
      const read = readInvitationLink(link);
      if (read === null) throw new Error('the schema takes invitation links alone');
      const { kind, origin } = read;
      world.link = { kind, origin, host: new URL(origin).host, id: crypto.randomUUID() };
    },
    close: () => {
      world.link = null;
    },
  };
}
