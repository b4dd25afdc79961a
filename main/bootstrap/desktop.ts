import { join } from 'node:path';
import type { ErrorCode } from '../../contracts/errors.ts';
import type { Settings } from '../../contracts/domain/settings.ts';
import { AutostartFile } from '../adapters/autostart-file.ts';
import { LinuxDesktop } from '../adapters/linux-desktop.ts';
import type { ApprovalService } from '../core/approvals/approval-service.ts';
import type { SecretClipboard } from '../core/clipboard/secret-clipboard.ts';
import type { ContextService } from '../core/contexts/context-service.ts';
import { LockController } from '../core/lock/lock-controller.ts';
import type {
  Clock,
  IdleTime,
  Logger,
  LoginItem,
  SystemSignals,
  TextFiles,
  TrayPresence,
} from '../core/ports.ts';
import { SettingsService } from '../core/settings/settings-service.ts';
import type { SecuritySettingsStore } from '../core/settings/security-settings.ts';
import type { SettingsStore } from '../core/settings/settings-store.ts';
import type { TokenService } from '../core/tokens/token-service.ts';
import { TrayService, type TrayView } from '../core/tray/tray-service.ts';
import type { Vault } from '../core/vault/vault.ts';
import { hiddenSwitch } from '../core/window/start-hidden.ts';
import { WindowMemory } from '../core/window/window-memory.ts';
import type { WindowState } from '../core/window/window-placement.ts';

/** What the desktop's side of Keyhold needs of Electron. */
export interface DesktopPlatform {
  dataFolder: string;
  homeFolder: string;
  environment: Readonly<Record<string, string | undefined>>;
  versions: { platform: string };
  /** Program and arguments that start Keyhold again. */
  command: readonly string[];
  idle: IdleTime;
  powerSignals: SystemSignals;
  trayView: TrayView;
  /** The system's own list of what starts at login. */
  loginItem: LoginItem;
  /** Has the window's frame and pages follow the theme. */
  applyTheme: (theme: Settings['theme']) => void;
  openWindow: () => void;
  quit: () => void;
}

interface DesktopDeps {
  store: SettingsStore;
  security: SecuritySettingsStore;
  vault: Vault;
  contexts: ContextService;
  tokens: TokenService;
  approvals: ApprovalService;
  clipboard: SecretClipboard;
  files: TextFiles;
  clock: Clock;
  logger: Logger;
  onFailure: (code: ErrorCode) => void;
}

export interface Desktop {
  lock: LockController;
  settings: SettingsService;
  /** Notes where the window is. */
  rememberWindow(state: WindowState): void;
  /** Whether closing the window leaves Keyhold running in the tray. */
  hidesOnClose(): boolean;
  /** Whether a start at login stays in the tray; waits up to `patienceMs` for a panel that starts meanwhile. */
  staysHidden(patienceMs: number): Promise<boolean>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** macOS and Windows have a tray always. */
const alwaysPresent: TrayPresence = { present: true, onChange: () => () => undefined };

/** Builds what connects Keyhold to the desktop: lock signals, tray, start at login, the window's memory. */
export function buildDesktop(platform: DesktopPlatform, deps: DesktopDeps): Desktop {
  const { store, security, approvals, files, clock, logger } = deps;
  const linux = platform.versions.platform === 'linux' ? new LinuxDesktop(logger) : null;
  const presence = linux?.trayHost ?? alwaysPresent;
  const autostart = linux === null ? null : new AutostartFile({ files, ...autostartPlace(platform) });
  const settings = new SettingsService({
    store,
    security,
    approvals,
    loginItem: autostart ?? platform.loginItem,
    hasTray: () => presence.present,
  });
  const lock = new LockController({
    ...deps,
    idle: platform.idle,
    signals: [platform.powerSignals, ...(linux === null ? [] : [linux.signals])],
    settings: () => security.current,
  });
  const tray = new TrayService({
    ...deps,
    view: platform.trayView,
    presence,
    lock,
    openWindow: platform.openWindow,
    quit: platform.quit,
  });
  const memory = new WindowMemory({ files, clock, path: join(platform.dataFolder, 'window.json') });
  store.onChange(() => platform.applyTheme(store.current.theme));

  return {
    lock,
    settings,
    rememberWindow: (state) => memory.remember(state),
    hidesOnClose: () => store.current.closeToTray && presence.present,
    staysHidden: async (patienceMs) => {
      if (!store.current.startHidden || linux?.hasSession === false) return false;
      return await comesUp(presence, clock, patienceMs);
    },
    async start() {
      tray.start();
      await autostart?.refresh();
      await linux?.listen();
    },
    async stop() {
      linux?.close();
      await memory.settle();
    },
  };
}

function autostartPlace({ environment, homeFolder, command }: DesktopPlatform): {
  path: string;
  command: readonly string[];
} {
  const configFolder = environment['XDG_CONFIG_HOME'] ?? join(homeFolder, '.config');
  return { path: join(configFolder, 'autostart', 'keyhold.desktop'), command: [...command, hiddenSwitch] };
}

/** Whether a tray is there, or comes to be within `patienceMs` milliseconds. */
function comesUp(presence: TrayPresence, clock: Clock, patienceMs: number): Promise<boolean> {
  if (presence.present) return Promise.resolve(true);
  return new Promise((resolve) => {
    clock.after(patienceMs, () => resolve(presence.present));
    presence.onChange(() => {
      if (presence.present) resolve(true);
    });
  });
}
