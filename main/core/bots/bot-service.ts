import { basename } from 'node:path';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { BotCredential, BotList, BotSummary } from '../../../contracts/ipc/bots.ts';
import { botsPath, registeredKeySchema, whoamiPath } from '../../../contracts/server-api/index.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import type { SecretClipboard } from '../clipboard/secret-clipboard.ts';
import type { ContextService, StoredContext } from '../contexts/context-service.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { Clock, FileDialogs, Random, TextFiles } from '../ports.ts';
import { botAnswer, botListAnswer, whoamiAnswer } from '../service/dialects/keyhold.ts';
import type { Bot } from '../service/dialects/keyhold.ts';
import type { ServiceCalls } from '../service/service-calls.ts';
import type { Vault } from '../vault/vault.ts';
import { BotKey, credentialText, credentialVariables } from './bot-credential.ts';

interface BotServiceDeps {
  vault: Vault;
  contexts: Pick<ContextService, 'get'>;
  service: ServiceCalls;
  credentials: Pick<Credentials, 'keyTerms'>;
  clock: Clock;
  random: Random;
  activity: ActivityLog;
  clipboard: SecretClipboard;
  dialogs: FileDialogs;
  files: TextFiles;
}

/** A bot of a context's service. */
interface BotPlace {
  contextId: string;
  org: string;
  name: string;
}

interface HeldCredential {
  context: StoredContext;
  bot: string;
  key: BotKey;
  variables: BotCredential['variables'];
}

/**
 * The bots of the user's organization. A new key's private part is held in memory, outside the vault, until it is
 * closed or the vault locks: it is for a build somewhere else, and Keyhold keeps none of it.
 */
export class BotService {
  readonly #deps: BotServiceDeps;
  readonly #held = new Map<string, HeldCredential>();

  constructor(deps: BotServiceDeps) {
    this.#deps = deps;
    deps.vault.onChange(() => {
      if (!deps.vault.isUnlocked) this.#closeAll();
    });
  }

  /** The bots of the organization that the user acts in. @throws KeyholdError as `ServiceCalls.ask`. */
  async list(contextId: string): Promise<BotList> {
    const { service } = this.#deps;
    const { org, role } = await service.ask(contextId, { method: 'GET', path: whoamiPath }, whoamiAnswer);
    const allowed = org !== null && (role === 'owner' || role === 'admin');
    if (!allowed) return { org, allowed, bots: [] };
    const bots = await service.askAll(contextId, { path: botsPath(org) }, botListAnswer, (page) => page.bots);
    return { org, allowed, bots: bots.map(toSummary) };
  }

  /** @throws KeyholdError `bot_name_taken`, or as `ServiceCalls.ask`. */
  async create({ contextId, org, name }: BotPlace): Promise<void> {
    const request = {
      method: 'POST' as const,
      path: botsPath(org),
      body: { name },
      errorCodes: { conflict: 'bot_name_taken' as const },
    };
    await this.#deps.service.ask(contextId, request, botAnswer);
    this.#log('bot.created', this.#deps.contexts.get(contextId), `${org}/${name}`);
  }

  /** Deletes a bot with its keys and grants. @throws KeyholdError `bot_gone`, or as `ServiceCalls.ask`. */
  async remove({ contextId, org, name }: BotPlace): Promise<void> {
    await this.#deps.service.tell(contextId, {
      method: 'DELETE',
      path: `${botsPath(org)}/${name}`,
      errorCodes: { not_found: 'bot_gone' },
    });
    this.#log('bot.removed', this.#deps.contexts.get(contextId), `${org}/${name}`);
  }

  /**
   * Makes a key and has the service register it for a bot, by the right of the context's user.
   *
   * @returns What the window may know of the credential, which is held under its id.
   * @throws KeyholdError `bot_gone`; `vault_locked`, also when it is locked meanwhile; or as `ServiceCalls.ask`.
   */
  async makeKey({ contextId, org, name }: BotPlace, label: string): Promise<BotCredential> {
    const { contexts, credentials, service, random } = this.#deps;
    const context = contexts.get(contextId);
    const bot = `${org}/${name}`;
    const terms = { ...context, ...credentials.keyTerms(contextId) };
    const key = new BotKey(random);
    try {
      const token = key.registrationToken(this.#deps, terms, `bot:${bot}`, label);
      const request = {
        method: 'POST' as const,
        path: `${botsPath(org)}/${name}/keys`,
        body: { registration_token: token },
        errorCodes: { not_found: 'bot_gone' as const },
      };
      await service.ask(contextId, request, registeredKeySchema);
      this.#log('bot.key_made', context, `${bot}, key ${key.kid.slice(0, 8)}`);
      // A service may answer after a lock, and no private part is held beyond one.
      this.#deps.vault.requireUnlocked();
    } catch (error) {
      key.wipe();
      throw error;
    }
    const credentialId = random.uuid();
    const variables = credentialVariables(terms, `bot:${bot}`, key.kid);
    this.#held.set(credentialId, { context, bot, key, variables });
    return { credentialId, fingerprint: key.fingerprint, variables };
  }

  /** @throws KeyholdError `bot_gone`, or as `ServiceCalls.ask`. */
  async revokeKey({ contextId, org, name }: BotPlace, kid: string): Promise<void> {
    await this.#deps.service.tell(contextId, {
      method: 'DELETE',
      path: `${botsPath(org)}/${name}/keys/${kid}`,
      errorCodes: { not_found: 'bot_gone' },
    });
    const context = this.#deps.contexts.get(contextId);
    this.#log('bot.key_revoked', context, `${org}/${name}, key ${kid.slice(0, 8)}`);
  }

  /**
   * Saves a held credential where the user says, with mode 0600.
   *
   * @returns The file's name, or null when the user gave up.
   * @throws KeyholdError `credential_gone`, `storage_failed`.
   */
  async saveCredential(credentialId: string): Promise<string | null> {
    const { dialogs, files } = this.#deps;
    const fileName = `${this.#credential(credentialId).bot.replace('/', '-')}.env`;
    const path = await dialogs.save({ title: 'Save credential', fileName, extension: 'env' });
    if (path === null) return null;
    // The vault may have been locked while the dialog was open.
    const { bot, key, variables, context } = this.#credential(credentialId);
    await files.replace(path, credentialText(variables, key.secret), 0o600);
    this.#log('bot.credential_saved', context, bot);
    return basename(path);
  }

  /** Copies a held credential's variables. @throws KeyholdError `credential_gone`. */
  async copyCredential(credentialId: string): Promise<{ clearsAt: string }> {
    const { bot, key, variables, context } = this.#credential(credentialId);
    const copied = await this.#deps.clipboard.copy(credentialText(variables, key.secret));
    this.#log('bot.credential_copied', context, bot);
    return copied;
  }

  /** Lets go of a credential; does nothing for one that is not held. */
  closeCredential(credentialId: string): void {
    this.#held.get(credentialId)?.key.wipe();
    this.#held.delete(credentialId);
  }

  #closeAll(): void {
    for (const credentialId of [...this.#held.keys()]) this.closeCredential(credentialId);
  }

  #credential(credentialId: string): HeldCredential {
    const held = this.#held.get(credentialId);
    if (held === undefined) throw new KeyholdError('credential_gone');
    return held;
  }

  #log(kind: Parameters<ActivityLog['append']>[0]['kind'], context: StoredContext, detail: string): void {
    this.#deps.activity.append({ kind, contextName: context.name, detail });
  }
}

function toSummary(bot: Bot): BotSummary {
  return {
    id: bot.id,
    org: bot.org,
    name: bot.name,
    subject: bot.subject,
    createdAt: bot.created_at,
    createdBy: bot.created_by,
    keys: bot.keys.map((key) => ({
      kid: key.kid,
      label: key.name,
      fingerprint: key.fingerprint,
      createdAt: key.created_at,
      lastUsedAt: key.last_used_at,
    })),
    grants: bot.authorizations.map(({ repository, permission, expires_at: expiresAt }) => ({
      repository,
      permission,
      expiresAt,
    })),
    grantCount: bot.authorization_count,
  };
}
