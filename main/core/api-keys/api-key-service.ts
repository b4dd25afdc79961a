import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { ClientForm } from '../../../contracts/domain/client-line.ts';
import { clientLine } from '../../../contracts/domain/client-line.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { ApiKeySummary, MadeApiKey } from '../../../contracts/ipc/api-keys.ts';
import { apiKeyPath, apiKeysPath } from '../../../contracts/server-api/index.ts';
import type { ApiKeyCapability, ApiKeyScope } from '../../../contracts/server-api/index.ts';
import type { SecretClipboard } from '../clipboard/secret-clipboard.ts';
import type { ContextService, StoredContext } from '../contexts/context-service.ts';
import type { Clock, Random } from '../ports.ts';
import { noteDeed, type DeedDeps } from '../service/deeds.ts';
import {
  apiKeyAnswer,
  apiKeyListAnswer,
  createdApiKeyAnswer,
  type ApiKeyAnswer,
} from '../service/dialects/kisenon.ts';
import { HeldSecrets } from '../secrets/held-secrets.ts';
import type { Vault } from '../vault/vault.ts';

interface ApiKeyServiceDeps extends DeedDeps {
  contexts: Pick<ContextService, 'get' | 'additions'>;
  vault: Vault;
  clock: Clock;
  random: Random;
  clipboard: SecretClipboard;
}

interface NewApiKey {
  name: string;
  scope: ApiKeyScope;
  capability: ApiKeyCapability;
  /** RFC 3339; null for no end. */
  expiresAt: string | null;
}

/** A key that was made, with its secret. */
interface HeldKey {
  context: StoredContext;
  key: ApiKeySummary;
  /** Slug of the organization that it is for. */
  org: string;
  secret: string;
}

const gone = { not_found: 'api_key_gone' } as const;

/**
 * The API keys of the organization that a context acts in. The secret of a new one is held in memory until it is closed
 * or the vault locks: nobody can see it again.
 */
export class ApiKeyService {
  readonly #deps: ApiKeyServiceDeps;
  readonly #held: HeldSecrets<HeldKey>;

  constructor(deps: ApiKeyServiceDeps) {
    this.#deps = deps;
    this.#held = new HeldSecrets(deps);
  }

  /** The newest first. @throws KeyholdError as `ServiceCalls.ask`. */
  async list(contextId: string): Promise<ApiKeySummary[]> {
    const keys = await this.#deps.service.askAll(
      contextId,
      { path: apiKeysPath },
      apiKeyListAnswer,
      (page) => page.api_keys,
    );
    this.#deps.service.seen.note(
      contextId,
      keys.map(({ id, name }) => [id, name]),
    );
    return keys.map(toSummary);
  }

  /**
   * Makes a key, and holds its secret.
   *
   * @throws KeyholdError `expiry_passed`; `vault_locked`, also when it is locked meanwhile; or as `ServiceCalls.ask`.
   */
  async create(contextId: string, { name, scope, capability, expiresAt }: NewApiKey): Promise<MadeApiKey> {
    const { contexts, service, clock } = this.#deps;
    if (expiresAt !== null && Date.parse(expiresAt) <= clock.now().getTime()) {
      throw new KeyholdError('expiry_passed');
    }
    const context = contexts.get(contextId);
    const body = { name, scope, capability, ...(expiresAt === null ? {} : { expires_at: expiresAt }) };
    const request = { method: 'POST' as const, path: apiKeysPath, body };
    const made = await service.ask(contextId, request, createdApiKeyAnswer);
    const key = toSummary(made);
    const heldId = this.#held.hold({ context, key, org: made.org, secret: made.secret });
    noteDeed(this.#deps, 'api_key.created', contextId, `${name}, ${made.prefix}`);
    return { key, heldId };
  }

  /** @throws KeyholdError `api_key_gone`, or as `ServiceCalls.ask`. */
  async rename(contextId: string, id: string, name: string): Promise<void> {
    const request = { method: 'PATCH' as const, path: apiKeyPath(id), body: { name }, errorCodes: gone };
    const { prefix } = await this.#deps.service.ask(contextId, request, apiKeyAnswer);
    noteDeed(this.#deps, 'api_key.renamed', contextId, `${name}, ${prefix}`);
  }

  /** @throws KeyholdError `api_key_gone`, or as `ServiceCalls.ask`. */
  async revoke(contextId: string, id: string): Promise<void> {
    await this.#deps.service.tell(contextId, { method: 'DELETE', path: apiKeyPath(id), errorCodes: gone });
    noteDeed(this.#deps, 'api_key.revoked', contextId, this.#deps.service.seen.of(contextId, id));
  }

  /** Copies a held key. @throws KeyholdError `secret_gone`. */
  async copy(heldId: string, form: ClientForm): Promise<{ clearsAt: string }> {
    const { context, key, secret } = this.#held.get(heldId);
    const copied = await this.#deps.clipboard.copy(clientLine(form, context.origin, secret));
    noteDeed(this.#deps, 'api_key.copied', context.id, `${form}, ${key.prefix}`);
    return copied;
  }

  /** A held key itself, once, to be shown. @throws KeyholdError `secret_gone`, also for the second time. */
  reveal(heldId: string): string {
    const { context, key, secret } = this.#held.reveal(heldId);
    noteDeed(this.#deps, 'api_key.revealed', context.id, key.prefix);
    return secret;
  }

  /**
   * Makes a context of its own that signs in with a held key.
   *
   * @throws KeyholdError `secret_gone`, or as `ContextAdditions.addSignedIn`.
   */
  saveAsContext(heldId: string, name: string): Promise<ContextSummary> {
    const { context, key, org, secret } = this.#held.get(heldId);
    const by = {
      kind: 'api-key',
      secret,
      keyId: key.id,
      label: key.name,
      expiresAt: key.expiresAt,
    } as const;
    return this.#deps.contexts.additions.addSignedIn({
      address: context.origin,
      name,
      setUpPodman: false,
      setUpDocker: false,
      signedIn: { userId: context.userId, org, by },
    });
  }

  /** Lets go of a secret; does nothing for one that is not held. */
  close(heldId: string): void {
    this.#held.close(heldId);
  }
}

function toSummary(key: ApiKeyAnswer): ApiKeySummary {
  return {
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    scope: key.scope,
    capability: key.capability,
    inert: key.inert,
    creator: key.creator,
    own: key.own,
    createdAt: key.created_at,
    expiresAt: key.expires_at,
    lastUse: key.last_used,
  };
}
