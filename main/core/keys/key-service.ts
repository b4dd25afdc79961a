import { webcrypto } from 'node:crypto';
import { SignJWT } from 'jose';
import type { KeySummary } from '../../../contracts/domain/key.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import type { Clock, Random } from '../ports.ts';
import type { SealPlace, Vault } from '../vault/vault.ts';
import { crossCheck, derivePublicKey, keyLength, nativePublicKey, toPkcs8 } from './ed25519.ts';
import { fingerprint, shortFingerprint, thumbprint } from './fingerprint.ts';

/** RFC 8037, section 2. */
export interface PublicJwk {
  kty: 'OKP';
  crv: 'Ed25519';
  x: string;
}

export interface JwtHeader {
  typ: string;
  /** RFC 9864 and, for services that do not know it yet, RFC 8037. The signature is the same. */
  alg: 'Ed25519' | 'EdDSA';
  kid?: string;
  jwk?: PublicJwk;
}

interface KeyRow {
  id: string;
  context_id: string;
  label: string;
  kid: string;
  public_key: Buffer;
  sealed_seed: Buffer;
  created_at: string;
  registered_at: string | null;
  last_used_at: string | null;
}

function toSummary(row: KeyRow): KeySummary {
  return {
    id: row.id,
    contextId: row.context_id,
    label: row.label,
    kid: row.kid,
    fingerprint: fingerprint(row.public_key),
    createdAt: row.created_at,
    registeredAt: row.registered_at,
    lastUsedAt: row.last_used_at,
  };
}

function seedPlace(keyId: string): SealPlace {
  return { table: 'keys', row: keyId, column: 'sealed_seed' };
}

function kidOf(publicKey: Buffer): string {
  return thumbprint(publicKey.toString('base64url'));
}

/** The Ed25519 keys of the contexts. Private keys lie sealed in the vault; nothing here gives one away. */
export class KeyService {
  readonly #vault: Vault;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #activity: ActivityLog;
  /** Signing keys of this unlocked time, by kid. They cannot be exported, not even by us. */
  readonly #signers = new Map<string, webcrypto.CryptoKey>();

  constructor(deps: { vault: Vault; clock: Clock; random: Random; activity: ActivityLog }) {
    this.#vault = deps.vault;
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.#activity = deps.activity;
    deps.vault.onChange(() => {
      if (!deps.vault.isUnlocked) this.#signers.clear();
    });
  }

  /**
   * Makes a key for an existing context and writes `key.created` to the activity log.
   * @throws KeyholdError `vault_locked`, `context_not_found`
   */
  create(contextId: string, label: string): KeySummary {
    const sql = this.#vault.sql();
    const context = sql.get<{ name: string }>('SELECT name FROM contexts WHERE id = ?', contextId);
    if (context === undefined) throw new KeyholdError('context_not_found');
    const row = this.#newRow(contextId, label);
    sql.transaction(() => {
      sql.run(
        `INSERT INTO keys (id, context_id, label, kid, public_key, sealed_seed, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        ...[row.id, row.context_id, row.label, row.kid, row.public_key, row.sealed_seed, row.created_at],
      );
      this.#activity.append({
        kind: 'key.created',
        contextName: context.name,
        detail: `${label} (${shortFingerprint(fingerprint(row.public_key))})`,
      });
    });
    return toSummary(row);
  }

  /** The keys of a context, newest first. */
  list(contextId: string): KeySummary[] {
    return this.#vault
      .sql()
      .all<KeyRow>('SELECT * FROM keys WHERE context_id = ? ORDER BY created_at DESC, rowid DESC', contextId)
      .map(toSummary);
  }

  /** The key that a context signs with: its newest. Null when it has none. */
  current(contextId: string): KeySummary | null {
    return this.list(contextId)[0] ?? null;
  }

  /** Deletes all keys of a context; `secure_delete` overwrites what they held. */
  deleteOf(contextId: string): void {
    const keys = this.list(contextId);
    this.#vault.sql().run('DELETE FROM keys WHERE context_id = ?', contextId);
    for (const { kid } of keys) this.#signers.delete(kid);
  }

  /** The public halves of all contexts' keys, newest first: to check what they may have signed. */
  publicKeys(): { kid: string; contextId: string; label: string; publicKey: Buffer }[] {
    return this.#vault
      .sql()
      .all<KeyRow>('SELECT * FROM keys ORDER BY created_at DESC, rowid DESC')
      .map((row) => ({
        kid: row.kid,
        contextId: row.context_id,
        label: row.label,
        publicKey: row.public_key,
      }));
  }

  /** Notes that the service knows the key, once. */
  markRegistered(kid: string): void {
    this.#vault
      .sql()
      .run('UPDATE keys SET registered_at = ? WHERE kid = ? AND registered_at IS NULL', this.#now(), kid);
  }

  /** Notes that the key was used now. */
  markUsed(kid: string): void {
    this.#vault.sql().run('UPDATE keys SET last_used_at = ? WHERE kid = ?', this.#now(), kid);
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
   * @throws KeyholdError `vault_locked` (also when it is locked meanwhile), `vault_damaged`,
   *   `context_not_found` when the key went with its context
   */
  async signJwt(kid: string, header: JwtHeader, claims: Record<string, unknown>): Promise<string> {
    const token = await new SignJWT(claims).setProtectedHeader({ ...header }).sign(await this.#signer(kid));
    this.#requireUnlocked();
    return token;
  }

  async #signer(kid: string): Promise<webcrypto.CryptoKey> {
    const row = this.#row(kid);
    const known = this.#signers.get(kid);
    if (known !== undefined) return known;
    const der = this.#privateKey(row);
    try {
      const signer = await webcrypto.subtle.importKey('pkcs8', der, 'Ed25519', false, ['sign']);
      this.#requireUnlocked();
      this.#signers.set(kid, signer);
      return signer;
    } finally {
      der.fill(0);
    }
  }

  /** The private key as PKCS#8, after the row's public columns were checked against it. */
  #privateKey(row: KeyRow): Buffer {
    const seed = this.#vault.open(seedPlace(row.id), row.sealed_seed);
    try {
      // The public columns are not sealed: whoever can write to the file could exchange them.
      const genuine = row.public_key.equals(nativePublicKey(seed)) && kidOf(row.public_key) === row.kid;
      if (!genuine) throw new KeyholdError('vault_damaged');
      return toPkcs8(seed);
    } finally {
      seed.fill(0);
    }
  }

  #newRow(contextId: string, label: string): KeyRow {
    const id = this.#random.uuid();
    const seed = this.#random.bytes(keyLength);
    try {
      const publicKey = derivePublicKey(seed);
      crossCheck(seed, publicKey);
      return {
        id,
        context_id: contextId,
        label,
        kid: kidOf(publicKey),
        public_key: publicKey,
        sealed_seed: this.#vault.seal(seedPlace(id), seed),
        created_at: this.#now(),
        registered_at: null,
        last_used_at: null,
      };
    } finally {
      seed.fill(0);
    }
  }

  #row(kid: string): KeyRow {
    const row = this.#vault.sql().get<KeyRow>('SELECT * FROM keys WHERE kid = ?', kid);
    if (row === undefined) throw new KeyholdError('context_not_found');
    return row;
  }

  #requireUnlocked(): void {
    if (!this.#vault.isUnlocked) throw new KeyholdError('vault_locked');
  }

  #now(): string {
    return this.#clock.now().toISOString();
  }
}
