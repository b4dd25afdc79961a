import { defaultKeyAge, expiryOf, type KeyAge } from '../../../../contracts/domain/key-expiry.ts';
import type { KeyValidity, KeySummary, PublicKeyFormat } from '../../../../contracts/domain/key.ts';
import { KeyholdError } from '../../../../contracts/errors.ts';
import type { ActivityKind, ActivityLog } from '../../activity/activity-log.ts';
import type { Clock, Random, Sql } from '../../ports.ts';
import type { Vault } from '../../vault/vault.ts';
import { crossCheck, derivePublicKey, keyLength } from './ed25519.ts';
import { readPublicHalves, type PublicHalf } from './ended-keys.ts';
import { readAccountName } from '../kind/account-name.ts';
import type { JwtHeader, PublicJwk } from './jws.ts';
import { describeKey, KeyEndings } from './key-endings.ts';
import { formatPublicKey } from './key-export.ts';
import { readValidity } from './key-validity.ts';
import { kidOf, seedPlace, Signers } from './signers.ts';
import {
  insertKey,
  readContextsWithExpired,
  readKeyByKid,
  readKeyRoles,
  readKeyTerms,
  readKeys,
  readNewestRegistered,
  readPendingKey,
  readSigningKey,
  readSigningKid,
  requireKey,
  takesKeys,
  toSummary,
  writeExpiry,
  writeKeyTerms,
  writeLabel,
  writeRegistered,
  writeUsed,
  writeUsedBy,
  type KeyRow,
  type KeyTerms,
} from './key-store.ts';

/** A key that comes from elsewhere. */
interface ForeignKey {
  label: string;
  /** 32 bytes (RFC 8032, section 5.1.5); the caller zeroes them. */
  seed: Buffer;
  age: KeyAge;
}

/** The Ed25519 keys of the contexts. Private keys lie sealed in the vault; nothing here gives one away. */
export class KeyService {
  readonly #vault: Vault;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #activity: ActivityLog;
  readonly #signers: Signers;
  /** How they end. */
  readonly endings: KeyEndings;

  constructor(deps: { vault: Vault; clock: Clock; random: Random; activity: ActivityLog }) {
    this.#vault = deps.vault;
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.#activity = deps.activity;
    this.#signers = new Signers(deps.vault);
    this.endings = new KeyEndings({ ...deps, signers: this.#signers });
  }

  /**
   * Makes a key for an existing context and writes `key.created` to the activity log.
   * @param age days from now until it stops to sign
   * @throws KeyholdError `vault_locked`, `context_not_found`; `signs_in_otherwise` for one that another kind of credential
   *   signs in
   */
  create(contextId: string, label: string, age: KeyAge = defaultKeyAge): KeySummary {
    const seed = this.#random.bytes(keyLength);
    try {
      return this.#add(contextId, { label, seed, age }, 'made', 'key.created');
    } finally {
      seed.fill(0);
    }
  }

  /**
   * Takes in a key that was made elsewhere and writes `key.imported` to the activity log.
   * @throws KeyholdError as `create`; `key_known` when the vault has it, or had it until
   *   it was revoked
   */
  adopt(contextId: string, key: ForeignKey): KeySummary {
    return this.#add(contextId, key, 'imported', 'key.imported');
  }

  /** What the context's service asks of the tokens that its keys sign. @throws KeyholdError `context_not_found` */
  terms(contextId: string): KeyTerms {
    return readKeyTerms(this.#vault.sql(), contextId);
  }

  /** The service said what it asks of them. */
  setTerms(contextId: string, terms: KeyTerms): void {
    writeKeyTerms(this.#vault.sql(), contextId, terms);
  }

  /** The keys of a context, newest first. */
  list(contextId: string): KeySummary[] {
    const sql = this.#vault.sql();
    const roles = readKeyRoles(sql, contextId, this.#now());
    return readKeys(sql, contextId).map((row) => toSummary(row, roles));
  }

  /** @throws KeyholdError `key_not_found` */
  get(keyId: string): KeySummary {
    return this.#summary(requireKey(this.#vault.sql(), keyId));
  }

  /**
   * The key that a context signs with: of those that are registered, not revoked and not expired, the one that
   * was registered last. Null when it has none.
   */
  current(contextId: string): KeySummary | null {
    return this.#summaryOrNull(readSigningKey(this.#vault.sql(), contextId, this.#now()));
  }

  /** The kid of `current`. */
  signingKid(contextId: string): string | null {
    return readSigningKid(this.#vault.sql(), contextId, this.#now());
  }

  /** The ids of the contexts that have a registered key over its age limit. */
  contextsWithExpired(): ReadonlySet<string> {
    return readContextsWithExpired(this.#vault.sql(), this.#now());
  }

  /** As `current`, but an expired key will do: it may still name its successor and revoke itself. */
  authority(contextId: string): KeySummary | null {
    return this.#summaryOrNull(readNewestRegistered(this.#vault.sql(), contextId));
  }

  /** The newest key of a context that its service does not know yet. */
  pending(contextId: string): KeySummary | null {
    return this.#summaryOrNull(readPendingKey(this.#vault.sql(), contextId));
  }

  /** @throws KeyholdError `key_not_found` */
  rename(keyId: string, label: string): KeySummary {
    const { label: before } = requireKey(this.#vault.sql(), keyId);
    if (before === label) return this.get(keyId);
    return this.#change(keyId, 'key.edited', `${before} renamed ${label}`, (sql) =>
      writeLabel(sql, keyId, label),
    );
  }

  /**
   * Sets how long a key signs, in days from its creation. Reminders begin anew.
   * @throws KeyholdError `key_not_found`; `expiry_passed` when that day is over
   */
  setAge(keyId: string, age: KeyAge): KeySummary {
    const { created_at, label } = requireKey(this.#vault.sql(), keyId);
    const expiresAt = expiryOf(created_at, age);
    if (expiresAt !== null && expiresAt <= this.#now()) throw new KeyholdError('expiry_passed');
    const until = expiresAt === null ? 'never expires' : `expires ${expiresAt.slice(0, 10)}`;
    return this.#change(keyId, 'key.edited', `${label} ${until}`, (sql) =>
      writeExpiry(sql, keyId, expiresAt),
    );
  }

  /** What a key's signature is worth, as far as the vault knows. A key that it never had counts as deleted. */
  validity(kid: string): KeyValidity {
    return readValidity(this.#vault.sql(), kid, this.#now());
  }

  /**
   * The public halves of all contexts' keys, newest first, then of those that were deleted: to check what they may
   * have signed.
   */
  publicKeys(): PublicHalf[] {
    return readPublicHalves(this.#vault.sql());
  }

  /** Notes that the service knows the key, once. */
  markRegistered(kid: string): void {
    writeRegistered(this.#vault.sql(), kid, this.#now());
  }

  /** Notes that the key was used now. */
  markUsed(kid: string): void {
    writeUsed(this.#vault.sql(), kid, this.#now());
  }

  /** Notes that the key was used now, and for another program: by its name where that is known. */
  markUsedBy(kid: string, program: string | null): void {
    writeUsedBy(this.#vault.sql(), kid, this.#now(), program);
  }

  /** The public key as text. @throws KeyholdError `key_not_found` */
  publicText(keyId: string, format: PublicKeyFormat): string {
    const { public_key, label } = requireKey(this.#vault.sql(), keyId);
    return formatPublicKey(public_key, label, format);
  }

  /**
   * The public key as JWK (RFC 8037, section 2).
   * @throws KeyholdError `context_not_found` when the key went with its context
   */
  publicJwk(kid: string): PublicJwk {
    return { kty: 'OKP', crv: 'Ed25519', x: this.#row(kid).public_key.toString('base64url') };
  }

  /**
   * Signs claims.
   * @returns a JWS in compact serialization (RFC 7515, section 7.1)
   * @throws KeyholdError `vault_locked`, `vault_damaged`, `context_not_found` when the key went with its context,
   *   `key_not_found` when it is revoked
   */
  signJwt(kid: string, header: JwtHeader, claims: object): string {
    return this.#signers.sign(kid, header, claims);
  }

  #add(contextId: string, key: ForeignKey, source: KeyRow['source'], kind: ActivityKind): KeySummary {
    const sql = this.#vault.sql();
    if (readAccountName(sql, contextId) === null) throw new KeyholdError('context_not_found');
    if (!takesKeys(sql, contextId)) throw new KeyholdError('signs_in_otherwise');
    const row = this.#newRow(contextId, key, source);
    if (readKeyByKid(sql, row.kid) !== undefined) throw new KeyholdError('key_known');
    sql.transaction(() => {
      insertKey(sql, row);
      this.#log(kind, contextId, describeKey(row));
    });
    return this.#summary(row);
  }

  #newRow(contextId: string, { label, seed, age }: ForeignKey, source: KeyRow['source']): KeyRow {
    const id = this.#random.uuid();
    const publicKey = derivePublicKey(seed);
    crossCheck(seed, publicKey);
    const now = this.#now();
    return {
      id,
      context_id: contextId,
      label,
      kid: kidOf(publicKey),
      public_key: publicKey,
      sealed_seed: this.#vault.seal(seedPlace(id), seed),
      source,
      created_at: now,
      registered_at: null,
      last_used_at: null,
      program_used_at: null,
      program_used_by: null,
      expires_at: expiryOf(now, age),
      revoked_at: null,
      reminded: null,
    };
  }

  #change(keyId: string, kind: ActivityKind, detail: string, write: (sql: Sql) => void): KeySummary {
    const sql = this.#vault.sql();
    const { context_id } = requireKey(this.#vault.sql(), keyId);
    sql.transaction(() => {
      write(sql);
      this.#log(kind, context_id, detail);
    });
    return this.get(keyId);
  }

  #log(kind: ActivityKind, contextId: string, detail: string): void {
    const contextName = readAccountName(this.#vault.sql(), contextId);
    this.#activity.append({ kind, contextName, detail });
  }

  #summary(row: KeyRow): KeySummary {
    return toSummary(row, readKeyRoles(this.#vault.sql(), row.context_id, this.#now()));
  }

  #summaryOrNull(row: KeyRow | undefined): KeySummary | null {
    return row === undefined ? null : this.#summary(row);
  }

  #row(kid: string): KeyRow {
    const row = readKeyByKid(this.#vault.sql(), kid);
    if (row === undefined) throw new KeyholdError('context_not_found');
    return row;
  }

  #now(): string {
    return this.#clock.now().toISOString();
  }
}
