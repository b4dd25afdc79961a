import { join } from 'node:path';
import { systemClock } from '../adapters/clock.ts';
import { fetchHttpClient } from '../adapters/http-client.ts';
import { fetchStreams } from '../adapters/http-streams.ts';
import { argon2Kdf } from '../adapters/kdf.ts';
import { fileLogger } from '../adapters/logger.ts';
import { systemRandom } from '../adapters/random.ts';
import { DiskTextFiles } from '../adapters/text-files.ts';
import { SqliteVaultFile } from '../adapters/vault-file.ts';
import { DiskVaultFolder } from '../adapters/vault-folder.ts';
import { ActivityLog } from '../core/activity/activity-log.ts';
import { VaultCopies } from '../core/backup/vault-copies.ts';
import { SecretClipboard } from '../core/clipboard/secret-clipboard.ts';
import { ContextService } from '../core/contexts/context-service.ts';
import { confirmedHttp, KnownServices, knownStreams } from '../core/contexts/known-services.ts';
import { Credentials } from '../core/credentials/credentials.ts';
import { KeyService } from '../core/credentials/keys/key-service.ts';
import type { AskAboutServices, Clipboard, FileDialogs } from '../core/ports.ts';
import { AppLinks } from '../core/links/app-links.ts';
import { clientFiles, helperPath } from '../core/registries/paths.ts';
import { RegistryService } from '../core/registries/registry-service.ts';
import { SecuritySettingsStore } from '../core/settings/security-settings.ts';
import { SettingsStore } from '../core/settings/settings-store.ts';
import { TokenService } from '../core/tokens/token-service.ts';
import { Vault } from '../core/vault/vault.ts';

/** What that needs of Electron and of the computer. */
export interface BasePlatform {
  dataFolder: string;
  homeFolder: string;
  environment: Readonly<Record<string, string | undefined>>;
  /** Holds `bin/` with the helper script. */
  resourcesFolder: string;
  /** The program that a helper without Perl and curl starts. */
  executable: string;
  outFolder: string;
  fetch: typeof fetch;
  clipboard: Clipboard;
  dialogs: FileDialogs;
  askAboutServices: AskAboutServices;
}

/** Cost of a new vault's passphrase slot: at least this, raised until one try takes about a second. */
const kdfParameters = { memoryKiB: 64 * 1024, iterations: 3, parallelism: 4, targetMs: 1000 };

/** Builds what the others stand on: the computer behind its ports, the vault, its contexts, tokens and registries. */
export function buildBase(platform: BasePlatform) {
  const { dataFolder, homeFolder, environment, outFolder, dialogs } = platform;
  const clock = systemClock;
  const random = systemRandom;
  const logger = fileLogger(dataFolder, 'info');
  const files = new DiskTextFiles(logger);

  const nativeBinding = OWN_SQLITE_BINDING ? join(outFolder, 'native', 'better_sqlite3.node') : null;
  const vaultPath = join(dataFolder, 'vault.db');
  const file = new SqliteVaultFile(vaultPath, nativeBinding);
  const vault = new Vault({ file, clock, random, kdf: argon2Kdf, logger, kdfParameters });
  const services = new KnownServices({ vault, ask: platform.askAboutServices, clock });
  const http = confirmedHttp(fetchHttpClient(platform.fetch), services);
  const streams = knownStreams(fetchStreams(platform.fetch), services);
  const folder = new DiskVaultFolder(vaultPath, nativeBinding);
  const copies = new VaultCopies({ vault, folder, clock, logger });
  const activity = new ActivityLog({ vault, clock });
  const links = new AppLinks({ clock, random, logger });
  const keys = new KeyService({ vault, clock, random, activity });
  const credentials = new Credentials({ vault, keys, activity, http, clock, random, logger });
  const contexts = new ContextService({ vault, credentials, http, clock, random, activity, logger });
  const tokens = new TokenService({ vault, contexts, credentials, clock, random, activity, logger });
  const store = new SettingsStore({ files, clock, logger, path: join(dataFolder, 'settings.json') });
  const security = new SecuritySettingsStore({ vault, activity, logger, file: store });
  const plainClipboard = platform.clipboard;
  const clipboard = new SecretClipboard({
    clipboard: plainClipboard,
    clock,
    vault,
    logger,
    seconds: () => security.current.clipboardSeconds,
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
  return {
    clock,
    random,
    logger,
    files,
    dialogs,
    http,
    streams,
    clipboard,
    plainClipboard,
    vault,
    kdfParameters,
    folder,
    copies,
    services,
    store,
    security,
    activity,
    links,
    keys,
    credentials,
    contexts,
    tokens,
    registries,
  };
}

/** What all parts may use. */
export type Base = ReturnType<typeof buildBase>;
