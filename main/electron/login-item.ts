import { app } from 'electron';
import { hiddenSwitch } from '../core/window/start-hidden.ts';
import type { LoginItem } from '../core/ports.ts';

/** Start at login as macOS and Windows keep it; Linux has a file for it (`AutostartFile`). */
export const systemLoginItem: LoginItem = {
  isOn: () => Promise.resolve(app.getLoginItemSettings({ args: [hiddenSwitch] }).openAtLogin),
  set: (on) => {
    app.setLoginItemSettings({ openAtLogin: on, args: [hiddenSwitch] });
    return Promise.resolve();
  },
};

/** Whether the system started this process at login. */
export function wasStartedAtLogin(args: readonly string[]): boolean {
  return (
    args.includes(hiddenSwitch) ||
    (process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin)
  );
}
