import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { World } from './world.ts';

export function linksHandlers(world: World): IpcHandlers['links'] {
  return {
    current: () => world.link,
    close: () => {
      world.link = null;
    },
  };
}
