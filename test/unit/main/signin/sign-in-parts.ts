import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContextSummary } from '../../../../contracts/domain/context.ts';
import { perClient } from '../../../../contracts/domain/registry-client.ts';
import type { WaitState } from '../../../../contracts/ipc/signin.ts';
import { fetchHttpClient } from '../../../../main/adapters/http-client.ts';
import { argon2Kdf } from '../../../../main/adapters/kdf.ts';
import { fileLogger } from '../../../../main/adapters/logger.ts';
import type { LogLevel } from '../../../../main/adapters/logger.ts';
import { systemRandom } from '../../../../main/adapters/random.ts';
import { SqliteVaultFile } from '../../../../main/adapters/vault-file.ts';
import { ActivityLog } from '../../../../main/core/activity/activity-log.ts';
import { ApprovalService } from '../../../../main/core/approvals/approval-service.ts';
import { ContextService } from '../../../../main/core/contexts/context-service.ts';
import type { AddContext } from '../../../../main/core/contexts/context-additions.ts';
import type { StoredContext } from '../../../../main/core/contexts/context-service.ts';
import { Credentials } from '../../../../main/core/credentials/credentials.ts';
import { KeyService } from '../../../../main/core/credentials/keys/key-service.ts';
import type { Clock } from '../../../../main/core/ports.ts';
import type { HttpClient } from '../../../../main/core/ports/http.ts';
import { Registration } from '../../../../main/core/signin/registration.ts';
import { TokenService } from '../../../../main/core/tokens/token-service.ts';
import { Vault } from '../../../../main/core/vault/vault.ts';

const passphrase = 'correct horse battery staple';

/** The app's own classes around a real, unlocked vault in a temporary folder. */
export interface SignInParts {
  /** Holds the vault's files and the log. */
  folder: string;
  vault: Vault;
  keys: KeyService;
  credentials: Credentials;
  activity: ActivityLog;
  contexts: ContextService;
  registration: Registration;
  tokens: TokenService;
  approvals: ApprovalService;
  /** Whether uses without a rule are asked about; off unless a test turns it on. */
  asks: boolean;
  /** What is called once a key is registered; a test may put its own in. */
  onRegistered: (context: StoredContext) => Promise<WaitState['setUps']>;
  add(facts: Partial<AddContext> & Pick<AddContext, 'address' | 'userId'>): Promise<ContextSummary>;
  unlock(): Promise<void>;
  /** The activity's kinds with context and detail, oldest first. */
  logged(): string[];
  /** Resolves with the next change of a wait that is wanted. */
  until(wanted: (state: WaitState) => boolean): Promise<WaitState>;
  dispose(): Promise<void>;
}

export async function signInParts(
  clock: Clock,
  logLevel: LogLevel = 'silent',
  http: HttpClient = fetchHttpClient(fetch),
): Promise<SignInParts> {
  const folder = await mkdtemp(join(tmpdir(), 'keyhold-sign-in-'));
  const logger = fileLogger(folder, logLevel);
  const random = systemRandom;
  const vault = new Vault({
    file: new SqliteVaultFile(join(folder, 'vault.db'), null),
    clock,
    random,
    kdf: argon2Kdf,
    logger,
    kdfParameters: { memoryKiB: 8192, iterations: 1, parallelism: 1 },
  });
  await vault.create(Buffer.from(passphrase));
  const activity = new ActivityLog({ vault, clock });
  const keys = new KeyService({ vault, clock, random, activity });
  const credentials = new Credentials({ vault, keys, activity, http, clock, random, logger });
  const contexts = new ContextService({ vault, credentials, http, clock, random, activity, logger });
  const onRegistered = (context: StoredContext): Promise<WaitState['setUps']> => parts.onRegistered(context);
  const services = { vault, contexts, credentials, keys, http, clock, random, activity, logger };
  const registration = new Registration({ ...services, onRegistered });
  const tokens = new TokenService(services);
  const approvals = new ApprovalService({ ...services, asks: () => parts.asks });
  const parts: SignInParts = {
    folder,
    vault,
    keys,
    credentials,
    activity,
    contexts,
    registration,
    tokens,
    approvals,
    asks: false,
    onRegistered: () => Promise.resolve(perClient(() => 'not_asked')),
    add: (facts) =>
      contexts.additions.add({
        name: 'Work',
        keyLabel: 'laptop',
        setUpPodman: false,
        setUpDocker: false,
        ...facts,
      }),
    unlock: () => vault.unlock(Buffer.from(passphrase)),
    logged: () =>
      activity
        .list({ before: null, limit: 200 })
        .entries.map(({ kind, contextName, detail }) =>
          [kind, contextName, detail].filter(Boolean).join(' | '),
        )
        .reverse(),
    until: (wanted) =>
      new Promise((resolve) => {
        const stop = registration.onWait((state) => {
          if (!wanted(state)) return;
          stop();
          resolve(state);
        });
      }),
    dispose: async () => {
      registration.stopAll();
      vault.close();
      // The log may be opened with its first line just now.
      await rm(folder, { recursive: true, maxRetries: 5 });
    },
  };
  return parts;
}
