import { apiKeyPath } from '../../../../contracts/server-api/index.ts';
import { KeyholdError } from '../../../../contracts/errors.ts';
import type { ActivityLog } from '../../activity/activity-log.ts';
import type { Clock, Random } from '../../ports.ts';
import type { HttpClient } from '../../ports/http.ts';
import type { Account } from '../../service/account.ts';
import { bearer } from '../../service/authorization.ts';
import type { Vault } from '../../vault/vault.ts';
import { readAccountName } from '../kind/account-name.ts';
import { basicUserName } from '../kind/basic-user-name.ts';
import type { Kind, Leaving, Login, RevokedCredential } from '../kind/kind.ts';
import { askToRevoke, isConfirmed, revocationOf, revocationWords } from '../kind/revocation.ts';
import { soundApiKey } from './api-key-form.ts';
import {
  apiKeyPlace,
  deleteApiKeyOf,
  insertApiKey,
  readAllApiKeys,
  readApiKey,
  readApiKeyOf,
  readEndedApiKeys,
  writeApiKeyUsedBy,
  type ApiKeyRow,
} from './api-key-store.ts';

interface Deps {
  vault: Vault;
  activity: ActivityLog;
  http: HttpClient;
  clock: Clock;
  random: Random;
}

/** An API key that a service made, to be kept. */
export interface NewApiKey {
  kind: 'api-key';
  /** The key itself. */
  secret: string;
  /** Its id at its service. */
  keyId: string;
  /** What its service calls it. */
  label: string;
  /** RFC 3339; null for never. */
  expiresAt: string | null;
}

/** API keys: each signs an account in as it is, until its service ends it. Their ids are those of their rows. */
export class ApiKeyCredential implements Kind {
  readonly errors = { over: 'api_key_expired', notAccepted: 'api_key_refused' } as const;
  readonly renew = null;
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Keeps a key, as the one that an account is signed in by. In the transaction that says so of the account.
   *
   * @throws KeyholdError `not_a_keyhold_server` for what is none, `vault_locked`.
   */
  make(accountId: string, given: NewApiKey): void {
    const { secret, keyId, label, expiresAt } = soundApiKey(given);
    const { vault, activity, clock, random } = this.#deps;
    const id = random.uuid();
    insertApiKey(vault.sql(), {
      id,
      contextId: accountId,
      keyId,
      label,
      sealedKey: vault.seal(apiKeyPlace(id), Buffer.from(secret)),
      createdAt: clock.now().toISOString(),
      // As all times are written, so that they can be compared as texts.
      expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
      programUsedAt: null,
      programUsedBy: null,
      reminded: null,
    });
    const contextName = readAccountName(vault.sql(), accountId);
    activity.append({ kind: 'api_key.saved', contextName, detail: label });
  }

  /** Of the keys of all accounts. */
  ids(): string[] {
    return readAllApiKeys(this.#deps.vault.sql()).map(({ id }) => id);
  }

  has(id: string): boolean {
    return readApiKey(this.#deps.vault.sql(), id) !== undefined;
  }

  idOf(accountId: string): string | null {
    const row = readApiKeyOf(this.#deps.vault.sql(), accountId);
    return row === undefined || this.#hasEnded(row) ? null : row.id;
  }

  isOver(accountId: string): boolean {
    return readApiKeyOf(this.#deps.vault.sql(), accountId) !== undefined;
  }

  over(): ReadonlySet<string> {
    return new Set(readEndedApiKeys(this.#deps.vault.sql(), this.#deps.clock.now().toISOString()));
  }

  headers(_account: Account, id: string): Promise<{ authorization: string }> {
    // What throws rejects.
    return new Promise((resolve) => resolve(bearer(this.#open(id))));
  }

  login({ userId }: Account, id: string): Promise<Login> {
    return new Promise((resolve) => {
      resolve({ username: basicUserName(userId), secret: this.#open(id), until: null });
    });
  }

  notAccepted(): void {
    // It stays: only its user ends it here.
  }

  validity(id: string): ReturnType<Kind['validity']> {
    const row = readApiKey(this.#deps.vault.sql(), id);
    const now = this.#deps.clock.now().toISOString();
    if (row === undefined) return { state: 'deleted', at: now };
    return row.expiresAt !== null && this.#hasEnded(row)
      ? { state: 'expired', at: row.expiresAt }
      : { state: 'live' };
  }

  markUsed(id: string, by: { program: string | null } | null): void {
    // Its service tells of its last use otherwise.
    if (by === null) return;
    writeApiKeyUsedBy(this.#deps.vault.sql(), id, this.#deps.clock.now().toISOString(), by.program);
  }

  facts(accountId: string): ReturnType<Kind['facts']> {
    const row = readApiKeyOf(this.#deps.vault.sql(), accountId);
    const { programUsedAt: at = null, programUsedBy: program = null } = row ?? {};
    return { apiKey: row?.label ?? null, programUse: at === null ? null : { at, program } };
  }

  revocation({ id: accountId, origin }: Account): () => Promise<RevokedCredential> {
    const row = readApiKeyOf(this.#deps.vault.sql(), accountId);
    if (row === undefined) return () => Promise.resolve({ credentials: [], words: '', refused: new Set() });
    const headers = bearer(this.#open(row.id));
    const url = `${origin}${apiKeyPath(encodeURIComponent(row.keyId))}`;
    return async () => {
      const revocation = revocationOf(await askToRevoke(this.#deps, { method: 'DELETE', url, headers }));
      return {
        credentials: [{ kind: 'api-key', label: row.label, fingerprint: null, revocation }],
        words: revocationWords(revocation, 'api-key'),
        refused: new Set(isConfirmed(revocation) ? [row.id] : []),
      };
    };
  }

  leaving(accountId: string): Leaving | null {
    const row = readApiKeyOf(this.#deps.vault.sql(), accountId);
    if (row === undefined || this.#hasEnded(row)) return null;
    const { id, keyId, label, expiresAt: endsAt } = row;
    return { id, credential: { kind: 'api-key', keyId, secret: this.#open(id) }, label, endsAt };
  }

  delete(accountId: string): string[] {
    const sql = this.#deps.vault.sql();
    const row = readApiKeyOf(sql, accountId);
    deleteApiKeyOf(sql, accountId);
    return row === undefined ? [] : [row.id];
  }

  #hasEnded({ expiresAt }: ApiKeyRow): boolean {
    return expiresAt !== null && Date.parse(expiresAt) <= this.#deps.clock.now().getTime();
  }

  /** @throws KeyholdError `vault_locked`; `api_key_refused` when it is gone */
  #open(id: string): string {
    const { vault } = this.#deps;
    const row = readApiKey(vault.sql(), id);
    if (row === undefined) throw new KeyholdError(this.errors.notAccepted);
    const plain = vault.open(apiKeyPlace(id), row.sealedKey);
    try {
      return plain.toString();
    } finally {
      plain.fill(0);
    }
  }
}
