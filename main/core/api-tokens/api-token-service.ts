import { KeyholdError } from '../../../contracts/errors.ts';
import type { ApiTokenSummary, TokenRepository } from '../../../contracts/ipc/api-tokens.ts';
import type { TokenScope } from '../../../contracts/server-api/artifact-keeper/scopes.ts';
import { serverRepositoriesPath } from '../../../contracts/server-api/artifact-keeper/repositories.ts';
import { tokensPathOf } from '../../../contracts/server-api/artifact-keeper/tokens.ts';
import type { Clock } from '../ports.ts';
import type { ToldSecrets } from '../secrets/told-secrets.ts';
import { noteDeed, type DeedDeps } from '../service/deeds.ts';
import {
  createdTokenAnswer,
  repositoryPageAnswer,
  tokenPageAnswer,
  type TokenAnswer,
} from '../service/dialects/artifact-keeper-tokens.ts';

interface ApiTokenServiceDeps extends DeedDeps {
  told: ToldSecrets;
  clock: Clock;
}

interface NewApiToken {
  name: string;
  scopes: readonly TokenScope[];
  /** Ids; null for all. */
  repositories: readonly string[] | null;
  /** RFC 3339; null for no end. */
  expiresAt: string | null;
}

/** The API tokens of a context's own user. */
export class ApiTokenService {
  readonly #deps: ApiTokenServiceDeps;

  constructor(deps: ApiTokenServiceDeps) {
    this.#deps = deps;
  }

  /** The newest first, and how many there are. @throws KeyholdError as `ServiceCalls.ask`. */
  async list(contextId: string): Promise<{ tokens: ApiTokenSummary[]; total: number }> {
    const { service, clock } = this.#deps;
    const { entries, total } = await service.askPages(
      contextId,
      { path: this.#path(contextId) },
      tokenPageAnswer,
    );
    service.seen.note(
      contextId,
      entries.map(({ id, name }) => [id, name]),
    );
    return { tokens: entries.map((token) => toSummary(token, clock.now())), total };
  }

  /** What a token can be for, and how many there are. @throws KeyholdError as `ServiceCalls.ask`. */
  async repositories(contextId: string): Promise<{ repositories: TokenRepository[]; total: number }> {
    const { entries, total } = await this.#deps.service.askPages(
      contextId,
      { path: serverRepositoriesPath },
      repositoryPageAnswer,
    );
    return { repositories: entries.map(({ id, key }) => ({ id, name: key })), total };
  }

  /**
   * Makes a token, and holds it.
   *
   * @throws KeyholdError `expiry_passed`; `repository_gone` for one that the user may not read; `vault_locked`, also
   *   when it is locked meanwhile; or as `ServiceCalls.ask`.
   */
  async create(
    contextId: string,
    { name, scopes, repositories, expiresAt }: NewApiToken,
  ): Promise<{ heldId: string; name: string }> {
    const { service, clock, told } = this.#deps;
    if (expiresAt !== null && Date.parse(expiresAt) <= clock.now().getTime()) {
      throw new KeyholdError('expiry_passed');
    }
    const body = {
      ...{ name, scopes },
      ...(repositories !== null && { repository_ids: repositories }),
      ...(expiresAt !== null && { expires_at: expiresAt }),
    };
    const request = {
      method: 'POST' as const,
      path: this.#path(contextId),
      body,
      errorCodes: { NOT_FOUND: 'repository_gone' } as const,
    };
    const made = await service.ask(contextId, request, createdTokenAnswer);
    const kinds = { copied: 'api_token.copied', revealed: 'api_token.revealed' } as const;
    const heldId = told.hold({ contextId, secret: made.token, detail: name, kinds });
    noteDeed(this.#deps, 'api_token.created', contextId, `${name}: ${scopes.join(', ')}`);
    return { heldId, name };
  }

  /** @throws KeyholdError `api_token_gone`, or as `ServiceCalls.ask`. */
  async revoke(contextId: string, id: string): Promise<void> {
    await this.#deps.service.tell(contextId, {
      method: 'DELETE',
      path: `${this.#path(contextId)}/${encodeURIComponent(id)}`,
      errorCodes: { NOT_FOUND: 'api_token_gone' },
    });
    noteDeed(this.#deps, 'api_token.revoked', contextId, this.#deps.service.seen.of(contextId, id));
  }

  #path(contextId: string): string {
    return tokensPathOf(encodeURIComponent(this.#deps.contexts.get(contextId).userId));
  }
}

function toSummary(token: TokenAnswer, now: Date): ApiTokenSummary {
  const { expires_at: expiresAt = null, last_used_at: usedAt = null } = token;
  return {
    id: token.id,
    name: token.name,
    prefix: token.prefix ?? token.token_prefix ?? '',
    scopes: token.scopes,
    repositoryCount: token.repository_ids?.length ?? null,
    createdAt: token.created_at,
    expiresAt,
    expired: token.is_expired ?? (expiresAt !== null && Date.parse(expiresAt) <= now.getTime()),
    lastUse:
      usedAt === null
        ? null
        : { at: usedAt, address: token.last_used_ip ?? null, program: token.last_used_user_agent ?? null },
  };
}
