/** Why the vault was locked, as the activity log keeps it. */
export const lockReasons = [
  'click',
  'shortcut',
  'tray',
  'idle',
  'suspend',
  'screen_lock',
  'command',
  'quit',
] as const;
export type LockReason = (typeof lockReasons)[number];
