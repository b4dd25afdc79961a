import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RegistryClient } from '../../../../contracts/domain/registry-client.ts';
import { systemClock } from '../../../../main/adapters/clock.ts';
import { fileLogger } from '../../../../main/adapters/logger.ts';
import { systemRandom } from '../../../../main/adapters/random.ts';
import { DiskTextFiles } from '../../../../main/adapters/text-files.ts';
import type { StoredContext } from '../../../../main/core/contexts/context-service.ts';
import { clientFiles, helperPath } from '../../../../main/core/registries/paths.ts';
import type { Clock } from '../../../../main/core/ports.ts';
import { RegistryService, type ClientEntry } from '../../../../main/core/registries/registry-service.ts';
import { signInParts } from '../signin/sign-in-parts.ts';
import type { SignInParts } from '../signin/sign-in-parts.ts';

export const packagedHelper = join(
  import.meta.dirname,
  '../../../../resources/bin/docker-credential-keyhold',
);

/** The registry service on a home folder of its own, with a real vault. */
export interface RegistryParts {
  parts: SignInParts;
  registries: RegistryService;
  home: string;
  authFile: string;
  helper: string;
  /** Puts text where the client's file belongs. */
  write(text: string): Promise<void>;
  /** What the client's file holds; null when there is none. */
  read(): Promise<string | null>;
  /** How the client stands to a context's registry. */
  stateOf(context: Pick<StoredContext, 'id'>): Promise<ClientEntry | undefined>;
  /** The service as after a new start of the app. */
  restarted(change?: { appExecutable?: string; helperScript?: string; path?: string }): RegistryService;
  dispose(): Promise<void>;
}

export async function readOrNull(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch(() => null);
}

export type InstallChange = Parameters<RegistryParts['restarted']>[0];

/** The registry service on a home folder, as the app builds it. */
export function registryService(parts: SignInParts, home: string, change?: InstallChange): RegistryService {
  const logger = fileLogger(home, 'silent');
  const helper = helperPath(home);
  return new RegistryService({
    vault: parts.vault,
    contexts: parts.contexts,
    activity: parts.activity,
    clock: systemClock,
    random: systemRandom,
    logger,
    files: new DiskTextFiles(logger),
    environment: {
      clientFiles: clientFiles({}, home),
      helperPath: helper,
      helperScript: packagedHelper,
      appExecutable: "/opt/Maya's Apps/keyhold",
      path: `/usr/bin:${dirname(helper)}/`,
      ...change,
    },
  });
}

/** @param client - Whose file the parts read and write. */
export async function registryParts(
  client: RegistryClient = 'podman',
  clock: Clock = systemClock,
): Promise<RegistryParts> {
  const parts = await signInParts(clock);
  const home = await mkdtemp(join(tmpdir(), 'keyhold-home-'));
  const authFile = clientFiles({}, home)[client];
  const helper = helperPath(home);
  const restarted: RegistryParts['restarted'] = (change) => registryService(parts, home, change);
  const registries = restarted();
  return {
    parts,
    registries,
    home,
    authFile,
    helper,
    write: async (text) => {
      await mkdir(dirname(authFile), { recursive: true });
      await writeFile(authFile, text);
    },
    read: () => readOrNull(authFile),
    stateOf: async ({ id }) => {
      const list = await registries.list();
      return list.registries.find(({ contextId }) => contextId === id)?.clients[client];
    },
    restarted,
    dispose: async () => {
      await parts.dispose();
      await rm(home, { recursive: true });
    },
  };
}
