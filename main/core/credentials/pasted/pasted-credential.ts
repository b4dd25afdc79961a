import type { PastedForm } from '../../../../contracts/domain/pasted-token.ts';
import { KeyholdError } from '../../../../contracts/errors.ts';
import type { ActivityLog } from '../../activity/activity-log.ts';
import type { Clock, Random } from '../../ports.ts';
import type { Account } from '../../service/account.ts';
import type { Authorization } from '../../service/authorization.ts';
import type { Vault } from '../../vault/vault.ts';
import { readAccountName } from '../kind/account-name.ts';
import type { Kind, Leaving, Login, RevokedCredential } from '../kind/kind.ts';
import { writeAudience } from './audiences.ts';
import { isPasted, pastedHeaders } from './pasted-form.ts';
import {
  deletePastedOf,
  insertPasted,
  pastedPlace,
  readAllPasted,
  readEndedPasted,
  readPasted,
  readPastedOf,
  type PastedRow,
} from './pasted-store.ts';

interface Deps {
  vault: Vault;
  activity: ActivityLog;
  clock: Clock;
  random: Random;
}

/** A token that was made elsewhere, to be kept. */
export interface NewPasted {
  kind: 'pasted';
  form: PastedForm;
  /** The token itself. */
  secret: string;
  /** RFC 3339, of a JWT; null for a dev token, which has no end. */
  endsAt: string | null;
  /** Whom it is for, where that is known. */
  audience: string | null;
}

/**
 * Tokens that people paste, or that a provider gave them: each signs an account in as it is, until it ends by itself.
 * Nothing here renews one, and no service ends one. Their ids are those of their rows.
 */
export class PastedCredential implements Kind {
  readonly errors = { over: 'pasted_expired', notAccepted: 'token_refused' } as const;
  readonly renew = null;
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Keeps a token, as the one that an account is signed in by. In the transaction that says so of the account.
   *
   * @throws KeyholdError `token_no_jwt` for what is none, `vault_locked`.
   */
  make(accountId: string, { form, secret, endsAt, audience }: NewPasted): void {
    // What is signed by somebody ends: no keeper takes a JWT that does not say when.
    if (!isPasted(form, secret) || (form === 'jwt') !== (endsAt !== null))
      throw new KeyholdError('token_no_jwt');
    const { vault, activity, clock, random } = this.#deps;
    const id = random.uuid();
    insertPasted(vault.sql(), {
      id,
      contextId: accountId,
      form,
      sealedToken: vault.seal(pastedPlace(id), Buffer.from(secret)),
      createdAt: clock.now().toISOString(),
      // As all times are written, so that they can be compared as texts.
      endsAt: endsAt === null ? null : new Date(endsAt).toISOString(),
      reminded: null,
    });
    if (audience !== null) writeAudience(vault.sql(), accountId, audience);
    activity.append({ kind: 'pasted.kept', contextName: readAccountName(vault.sql(), accountId) });
  }

  /** Of the tokens of all accounts. */
  ids(): string[] {
    return readAllPasted(this.#deps.vault.sql()).map(({ id }) => id);
  }

  has(id: string): boolean {
    return readPasted(this.#deps.vault.sql(), id) !== undefined;
  }

  idOf(accountId: string): string | null {
    const row = readPastedOf(this.#deps.vault.sql(), accountId);
    return row === undefined || this.#hasEnded(row) ? null : row.id;
  }

  isOver(accountId: string): boolean {
    return readPastedOf(this.#deps.vault.sql(), accountId) !== undefined;
  }

  over(): ReadonlySet<string> {
    return new Set(readEndedPasted(this.#deps.vault.sql(), this.#deps.clock.now().toISOString()));
  }

  headers({ origin }: Account, id: string): Promise<Authorization['headers']> {
    // What throws rejects.
    return new Promise((resolve) => resolve(this.#headers(origin, id)));
  }

  login(): Promise<Login> {
    return Promise.reject(new KeyholdError('signs_in_otherwise'));
  }

  notAccepted(): void {
    // It stays: what its issuer or service have changed, they may change back.
  }

  validity(id: string): ReturnType<Kind['validity']> {
    const row = readPasted(this.#deps.vault.sql(), id);
    if (row === undefined) return { state: 'deleted', at: this.#deps.clock.now().toISOString() };
    return row.endsAt !== null && this.#hasEnded(row)
      ? { state: 'expired', at: row.endsAt }
      : { state: 'live' };
  }

  markUsed(): void {
    // No program is given one.
  }

  facts(): ReturnType<Kind['facts']> {
    return { apiKey: null, programUse: null };
  }

  revocation({ id: accountId }: Account): () => Promise<RevokedCredential> {
    const row = readPastedOf(this.#deps.vault.sql(), accountId);
    if (row === undefined || this.#hasEnded(row))
      return () => Promise.resolve({ credentials: [], words: 'token was over', refused: new Set() });
    const { endsAt } = row;
    const credential = {
      kind: 'pasted',
      label: null,
      fingerprint: null,
      revocation: 'not_possible',
    } as const;
    return () =>
      Promise.resolve({
        credentials: [endsAt === null ? credential : { ...credential, endsAt }],
        words: `token deleted here; it ends ${endsAt === null ? 'when its server says so' : `at ${endsAt}`}`,
        refused: new Set(),
      });
  }

  leaving(): Leaving | null {
    return null;
  }

  delete(accountId: string): string[] {
    const sql = this.#deps.vault.sql();
    const row = readPastedOf(sql, accountId);
    deletePastedOf(sql, accountId);
    return row === undefined ? [] : [row.id];
  }

  /** By this computer's clock. */
  #hasEnded({ endsAt }: PastedRow): boolean {
    return endsAt !== null && Date.parse(endsAt) <= this.#deps.clock.now().getTime();
  }

  /** @throws KeyholdError `vault_locked`; `token_refused` when it is gone, `pasted_expired`, `dev_token_elsewhere`. */
  #headers(origin: string, id: string): Record<string, string> {
    const { vault } = this.#deps;
    const row = readPasted(vault.sql(), id);
    if (row === undefined) throw new KeyholdError(this.errors.notAccepted);
    // It may have ended since whoever asks learnt its id.
    if (this.#hasEnded(row)) throw new KeyholdError(this.errors.over);
    const plain = vault.open(pastedPlace(id), row.sealedToken);
    try {
      return pastedHeaders(origin, row.form, plain.toString());
    } finally {
      plain.fill(0);
    }
  }
}
