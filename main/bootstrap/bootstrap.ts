import { join } from 'node:path';
import type { IpcEvents, IpcHandlers } from '../../contracts/ipc/index.ts';
import { fetchHttpClient } from '../adapters/http-client.ts';
import { systemClock } from '../adapters/clock.ts';
import { procCallers, unknownCallers } from '../adapters/process-callers.ts';
import { argon2Kdf } from '../adapters/kdf.ts';
import { fileLogger } from '../adapters/logger.ts';
import { diskFileRights } from '../adapters/file-rights.ts';
import { systemPrograms } from '../adapters/programs.ts';
import { systemRandom } from '../adapters/random.ts';
import { diskSmallFiles } from '../adapters/small-files.ts';
import { ThreadKeyFileKdf } from '../adapters/key-file-kdf.ts';
import { DiskTextFiles } from '../adapters/text-files.ts';
import { SqliteVaultFile } from '../adapters/vault-file.ts';
import { DiskVaultFolder } from '../adapters/vault-folder.ts';
import { AgentServer } from '../agent/agent-server.ts';
import { CommandService } from '../agent/command-service.ts';
import { CredentialService } from '../agent/credential-service.ts';
import { agentSocketPath } from '../agent/socket-path.ts';
import { ActivityLog } from '../core/activity/activity-log.ts';
import { ApprovalService } from '../core/approvals/approval-service.ts';
import { VaultCopies } from '../core/backup/vault-copies.ts';
import { SecretClipboard } from '../core/clipboard/secret-clipboard.ts';
import { ContextService } from '../core/contexts/context-service.ts';
import { confirmedHttp, KnownServices } from '../core/contexts/known-services.ts';
import { DoctorService } from '../core/doctor/doctor-service.ts';
import { Credentials } from '../core/credentials/credentials.ts';
import { Reminders } from '../core/credentials/reminders.ts';
import { KeyImport } from '../core/credentials/keys/import/key-import.ts';
import { KeyService } from '../core/credentials/keys/key-service.ts';
import { RotationService } from '../core/credentials/keys/rotation/rotation-service.ts';
import type {
  Clipboard,
  FileDialogs,
  Keychain,
  Logger,
  Notifier,
  SheetPrinter,
  AskAboutServices,
} from '../core/ports.ts';
import { setUpAsked } from '../core/registries/asked-set-ups.ts';
import { clientFiles, helperPath } from '../core/registries/paths.ts';
import { RegistryService } from '../core/registries/registry-service.ts';
import { SecuritySettingsStore } from '../core/settings/security-settings.ts';
import { SettingsStore } from '../core/settings/settings-store.ts';
import { Registration } from '../core/signin/registration.ts';
import { SignOut } from '../core/signin/sign-out.ts';
import { TokenInspector } from '../core/tokens/inspection/token-inspector.ts';
import { TokenService } from '../core/tokens/token-service.ts';
import { RecoverySheets } from '../core/vault/recovery-sheets.ts';
import { Vault } from '../core/vault/vault.ts';
import { buildBackups } from './backups.ts';
import { buildDesktop, type Desktop, type DesktopPlatform } from './desktop.ts';
import { buildOrganization } from './organization.ts';
import { VaultSlots } from '../core/vault/vault-slots.ts';
import { approvalsHandlers } from '../ipc/approvals.ts';
import { activityHandlers } from '../ipc/activity.ts';
import { appHandlers } from '../ipc/app.ts';
import { contextsHandlers } from '../ipc/contexts.ts';
import { doctorHandlers } from '../ipc/doctor.ts';
import { keysHandlers } from '../ipc/keys.ts';
import { registriesHandlers } from '../ipc/registries.ts';
import { settingsHandlers } from '../ipc/settings.ts';
import { signOutHandlers } from '../ipc/sign-out.ts';
import { signinHandlers } from '../ipc/signin.ts';
import { slotsHandlers } from '../ipc/slots.ts';
import { tokensHandlers } from '../ipc/tokens.ts';
import { vaultHandlers } from '../ipc/vault.ts';

/** What the composition root needs of Electron and of the computer; main/electron supplies it. */
export interface Platform extends DesktopPlatform {
  /** Holds `bin/` with the helper script. */
  resourcesFolder: string;
  /** The program that a helper without Perl and curl starts. */
  executable: string;
  outFolder: string;
  versions: { app: string; electron: string; platform: string };
  /** The number of the user whom the app belongs to; any on Windows, which has none. */
  userId: number;
  fetch: typeof fetch;
  clipboard: Clipboard;
  dialogs: FileDialogs;
  keychain: Keychain;
  /** Makes what prints recovery sheets. */
  sheetPrinter: (logger: Logger) => SheetPrinter;
  notifier: Notifier;
  openExternalLink: (link: string, contextOrigin: string) => Promise<void>;
  askAboutServices: AskAboutServices;
  /** Opens the approval window or has it read the questions anew; closes it when none waits. */
  showQuestions: (waiting: boolean) => void;
  emit: (name: keyof IpcEvents, payload?: unknown) => void;
}

export interface AppServices {
  handlers: IpcHandlers;
  vault: Vault;
  logger: Logger;
  desktop: Desktop;
  /** Reads what the first call from the window needs. */
  load(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Cost of a new vault's passphrase slot: at least this, raised until one try takes about a second. */
const kdfParameters = { memoryKiB: 64 * 1024, iterations: 3, parallelism: 4, targetMs: 1000 };

/** Builds adapters, services and handlers, and connects what one tells the other. Called once. */
export function bootstrap(platform: Platform): AppServices {
  const { dataFolder, homeFolder, environment } = platform;
  const clock = systemClock;
  const random = systemRandom;
  const logger = fileLogger(dataFolder, 'info');
  const files = new DiskTextFiles(logger);

  const nativeBinding = OWN_SQLITE_BINDING ? join(platform.outFolder, 'native', 'better_sqlite3.node') : null;
  const vaultPath = join(dataFolder, 'vault.db');
  const file = new SqliteVaultFile(vaultPath, nativeBinding);
  const vault = new Vault({ file, clock, random, kdf: argon2Kdf, logger, kdfParameters });
  const services = new KnownServices({ vault, ask: platform.askAboutServices, clock });
  const http = confirmedHttp(fetchHttpClient(platform.fetch), services);
  const folder = new DiskVaultFolder(vaultPath, nativeBinding);
  const copies = new VaultCopies({ vault, folder, clock, logger });
  const slots = new VaultSlots({
    vault,
    keychain: platform.keychain,
    beforeRekey: () => copies.keep(),
  });
  const activity = new ActivityLog({ vault, clock });
  const keys = new KeyService({ vault, clock, random, activity });
  const credentials = new Credentials({ vault, keys, http, clock, random, logger });
  const contexts = new ContextService({ vault, credentials, http, clock, random, activity, logger });
  const tokens = new TokenService({ vault, contexts, credentials, clock, random, activity, logger });
  const inspector = new TokenInspector({ contexts, credentials, clock });
  const store = new SettingsStore({ files, clock, logger, path: join(dataFolder, 'settings.json') });
  const security = new SecuritySettingsStore({ vault, activity, logger, file: store });
  const clipboard = new SecretClipboard({
    clipboard: platform.clipboard,
    clock,
    vault,
    logger,
    seconds: () => security.current.clipboardSeconds,
  });
  const sheets = new RecoverySheets({
    codes: slots.codes,
    printer: platform.sheetPrinter(logger),
    dialogs: platform.dialogs,
    files,
  });
  const registries = new RegistryService({
    vault,
    contexts,
    files,
    clock,
    random,
    activity,
    logger,
    environment: {
      clientFiles: clientFiles(environment, homeFolder),
      helperPath: helperPath(homeFolder),
      helperScript: join(platform.resourcesFolder, 'bin', 'docker-credential-keyhold'),
      appExecutable: platform.executable,
      path: environment['PATH'] ?? '',
    },
  });
  const registration = new Registration({
    vault,
    contexts,
    credentials,
    keys,
    http,
    clock,
    random,
    activity,
    logger,
    onRegistered: (context) => setUpAsked({ registries, logger }, context),
  });
  const signOut = new SignOut({
    vault,
    contexts,
    credentials,
    registries,
    registration,
    logger,
  });
  const rotationDeps = { vault, contexts, keys, registration, http, clock, random, activity, logger };
  const rotations = new RotationService(rotationDeps);
  const { dialogs, notifier } = platform;
  const keyImport = new KeyImport({
    vault,
    keys,
    rotations,
    dialogs,
    random,
    files: diskSmallFiles,
    keyFileKdf: new ThreadKeyFileKdf(join(platform.outFolder, 'main', 'key-file-kdf-worker.cjs')),
  });
  const reminders = new Reminders({ vault, clock, notifier });
  const backupCalls = buildBackups({
    folder,
    copies,
    vault,
    contexts,
    credentials,
    registries,
    registration,
    activity,
    files,
    dialogs,
    clock,
    random,
    logger,
    kdfParameters,
    services,
    emit: platform.emit,
  });
  const organizationCalls = buildOrganization({
    vault,
    contexts,
    credentials,
    activity,
    clipboard,
    dialogs,
    files,
    http,
    clock,
    random,
    plainClipboard: platform.clipboard,
  });
  const approvals = new ApprovalService({
    vault,
    contexts,
    activity,
    clock,
    random,
    logger,
    asks: () => security.current.askBeforeUse,
  });
  const doctor = new DoctorService({
    registries,
    contexts,
    activity,
    files,
    environment,
    homeFolder,
    rights: diskFileRights(logger),
    programs: systemPrograms(environment),
    systemFolder: '/etc',
    platform: platform.versions.platform,
    userId: platform.userId,
    agent: { state: () => agent.state(), restart: () => agent.restart() },
  });
  const commands = new CommandService({
    vault,
    contexts,
    tokens,
    approvals,
    activity,
    doctor,
    version: platform.versions.app,
    lock: () => desktop.lock.lock('command'),
    lockForecast: () => desktop.lock.forecast(),
  });
  const agent: AgentServer = new AgentServer({
    socketPath: agentSocketPath(environment, platform.versions.platform, homeFolder),
    credentials: new CredentialService({ vault, contexts, tokens, activity, approvals }),
    commands,
    callers: platform.versions.platform === 'linux' ? procCallers : unknownCallers,
    logger,
  });

  const desktop = buildDesktop(platform, {
    store,
    security,
    vault,
    contexts,
    tokens,
    approvals,
    clipboard,
    files,
    clock,
    logger,
    onFailure: (code) => platform.emit('actionFailed', { code }),
  });

  const changes = [
    ['vaultChanged', vault],
    ['contextsChanged', contexts],
    ['signInChanged', contexts.signIns],
    ['keysChanged', rotations],
    ['tokensChanged', tokens],
    ['registriesChanged', registries],
    ['activityChanged', activity],
    ['settingsChanged', store],
    ['settingsChanged', security],
  ] as const;
  for (const [event, source] of changes) {
    source.onChange(() => platform.emit(event));
  }
  vault.onChange(() => {
    if (!vault.isUnlocked) return;
    registration.resumePending();
    rotations.resumePasted();
    reminders.check();
  });
  approvals.onRules(() => platform.emit('approvalsChanged'));
  approvals.onQuestions(() => platform.showQuestions(approvals.current().question !== null));
  registration.onWait((state) => {
    platform.emit('waitChanged', state);
    if (state.phase === 'registered') rotations.registered(state.contextId);
  });
  signOut.onProgress((progress) => platform.emit('signOutProgress', progress));

  const { openExternalLink } = platform;
  const contextDeps = { contexts, registries, registration, openExternalLink };
  return {
    vault,
    logger,
    desktop,
    handlers: {
      app: appHandlers(platform.versions),
      vault: vaultHandlers({ vault, slots, lock: desktop.lock }),
      slots: slotsHandlers({ slots, sheets, clipboard }),
      contexts: contextsHandlers(contextDeps),
      keys: keysHandlers({
        vault,
        contexts,
        keys,
        keyImport,
        rotations,
        dialogs,
        files,
        http,
        clock,
        random,
        clipboard: platform.clipboard,
        changed: () => platform.emit('keysChanged'),
      }),
      signin: signinHandlers({ registration, clipboard }),
      signOut: signOutHandlers({ contexts, signOut }),
      tokens: tokensHandlers({ tokens, inspector, clipboard }),
      registries: registriesHandlers({ registries, contexts, doctor, agent }),
      doctor: doctorHandlers({ doctor, clipboard: platform.clipboard }),
      activity: activityHandlers({ vault, activity, dialogs: platform.dialogs, files, clock }),
      settings: settingsHandlers({ settings: desktop.settings, store }),
      ...organizationCalls,
      ...approvalsHandlers({ approvals }),
      ...backupCalls,
    },
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
      desktop.lock.lock('quit');
      await clipboard.clearIfOurs();
      vault.close();
      await desktop.stop();
    },
  };
}
