import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { World } from './world.ts';

/** The activity log of a world, filtered and paged as main does it. */
export function activityHandlers(world: World): IpcHandlers['activity'] {
  return {
    list: ({ before, limit, kinds, text }) => {
      const older = world.activity.filter(
        ({ seq, kind, contextName, detail }) =>
          (before === null || seq < before) &&
          (kinds === null || kinds.includes(kind)) &&
          `${contextName ?? ''} ${detail ?? ''}`.toLowerCase().includes(text.trim().toLowerCase()),
      );
      return { entries: older.slice(0, limit), more: older.length > limit };
    },
    verify: () => ({ checked: world.activity.length, brokenAt: world.brokenAt }),
    export: ({ format }) => ({ entries: world.activity.length, fileName: `keyhold-activity.${format}` }),
  };
}
