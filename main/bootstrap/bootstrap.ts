import type { IpcEvents, IpcHandlers } from '../../contracts/ipc/index.ts';
import { ApprovalService } from '../core/approvals/approval-service.ts';
import { OrgEvents } from '../core/org-events/org-events.ts';
import type { Keychain, Logger, Notifier, SheetPrinter } from '../core/ports.ts';
import { TokenInspector } from '../core/tokens/inspection/token-inspector.ts';
import { RecoverySheets } from '../core/vault/recovery-sheets.ts';
import { VaultSlots } from '../core/vault/vault-slots.ts';
import type { Vault } from '../core/vault/vault.ts';
import { UnsavedWork } from '../core/window/unsaved-work.ts';
import { activityHandlers } from '../ipc/activity.ts';
import { appHandlers } from '../ipc/app.ts';
import { approvalsHandlers } from '../ipc/approvals.ts';
import { contextsHandlers } from '../ipc/contexts.ts';
import { linksHandlers } from '../ipc/links.ts';
import { settingsHandlers } from '../ipc/settings.ts';
import { slotsHandlers } from '../ipc/slots.ts';
import { tokensHandlers } from '../ipc/tokens.ts';
import { vaultHandlers } from '../ipc/vault.ts';
import { buildBackups } from './backups.ts';
import { buildBase, type Base, type BasePlatform } from './base.ts';
import { buildDesktop, type Desktop, type DesktopPlatform } from './desktop.ts';
import { buildKeeper } from './keeper.ts';
import { buildOrganization } from './organization.ts';
import { buildPrograms } from './programs.ts';
import { buildSignIn } from './sign-in.ts';

/** What the composition root needs of Electron and of the computer; main/electron supplies it. */
export interface Platform extends BasePlatform, DesktopPlatform {
  versions: { app: string; electron: string; platform: string };
  /** The number of the user whom the app belongs to; any on Windows, which has none. */
  userId: number;
  keychain: Keychain;
  /** Makes what prints recovery sheets. */
  sheetPrinter: (logger: Logger) => SheetPrinter;
  notifier: Notifier;
  /** Answers whether it was opened. */
  openExternalLink: (link: string, contextOrigin: string) => Promise<boolean>;
  /** What this computer calls itself. */
  computerName: string;
  /** Opens the approval window or has it read the questions anew; closes it when none waits. */
  showQuestions: (waiting: boolean) => void;
  emit: (name: keyof IpcEvents, payload?: unknown) => void;
}

export interface AppServices {
  handlers: IpcHandlers;
  vault: Vault;
  logger: Logger;
  desktop: Desktop;
  unsaved: UnsavedWork;
  /**
   * Takes a `keyhold://` link, from anybody.
   *
   * @returns Whether there is something to show.
   */
  openLink(link: string): boolean;
  /** Reads what the first call from the window needs. */
  load(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Builds adapters, services and handlers, and connects what one tells the other. Called once. */
export function bootstrap(platform: Platform): AppServices {
  const { emit, openExternalLink } = platform;
  const base = buildBase(platform);
  const { vault, contexts, clipboard, registries, security, store, logger } = base;
  const { registration, rotations, browserSignIn, ...signIn } = buildSignIn(platform, base);
  const backupCalls = buildBackups({ ...base, registration, emit });
  const organizationCalls = buildOrganization(base);
  const approvals = new ApprovalService({ ...base, asks: () => security.current.askBeforeUse });
  const desktop = buildDesktop(platform, {
    ...base,
    approvals,
    onFailure: (code) => emit('actionFailed', { code }),
  });
  const { lock } = desktop;
  const { agent, ...programs } = buildPrograms(platform, { ...base, approvals, lock });
  const vaultCalls = buildVaultCalls(platform, base, desktop);

  const changes = [
    ['vaultChanged', vault],
    ['contextsChanged', contexts],
    ['signInChanged', contexts.signIns],
    ['keysChanged', rotations],
    ['tokensChanged', base.tokens],
    ['unrevokedChanged', base.credentials.unrevoked],
    ['registriesChanged', registries],
    ['activityChanged', base.activity],
    ['linksChanged', base.links],
    ['settingsChanged', store],
    ['settingsChanged', security],
  ] as const;
  for (const [event, source] of changes) source.onChange(() => emit(event));
  vault.onChange(signIn.resume);
  new OrgEvents({
    ...base,
    tell: (contextId, lists) => emit('organizationChanged', { contextId, lists }),
  });
  approvals.onRules(() => emit('approvalsChanged'));
  approvals.onQuestions(() => platform.showQuestions(approvals.current().question !== null));

  const unsaved = new UnsavedWork();
  return {
    vault,
    logger,
    desktop,
    unsaved,
    handlers: {
      app: appHandlers(platform.versions, unsaved),
      ...vaultCalls,
      contexts: contextsHandlers({ contexts, registries, registration, openExternalLink }),
      ...signIn.handlers,
      tokens: tokensHandlers({ ...base, inspector: new TokenInspector(base) }),
      ...programs.handlers,
      activity: activityHandlers(base),
      links: linksHandlers(base),
      settings: settingsHandlers({ settings: desktop.settings, store }),
      ...organizationCalls,
      ...buildKeeper(base),
      ...approvalsHandlers({ approvals }),
      ...backupCalls,
    },
    openLink: (link) => base.links.open(link),
    async load() {
      await store.load();
      // Opens the vault file, which takes a while, before the window asks whether it is locked.
      vault.status();
    },
    async start() {
      await agent.start();
      agent.watch();
      await registries.refreshHelper();
      await desktop.start();
    },
    async stop() {
      await agent.stop();
      browserSignIn.end();
      lock.lock('quit');
      await clipboard.clearIfOurs();
      vault.close();
      await desktop.stop();
    },
  };
}

/** What the window may ask of the vault itself and of the ways into it. */
function buildVaultCalls(
  { keychain, sheetPrinter }: Platform,
  { vault, copies, dialogs, files, clipboard, logger }: Base,
  { lock }: Desktop,
): Pick<IpcHandlers, 'vault' | 'slots'> {
  const slots = new VaultSlots({ vault, keychain, beforeRekey: () => copies.keep() });
  const sheets = new RecoverySheets({ codes: slots.codes, printer: sheetPrinter(logger), dialogs, files });
  return {
    vault: vaultHandlers({ vault, slots, lock }),
    slots: slotsHandlers({ slots, sheets, clipboard }),
  };
}
