import { KeyholdError } from '../../../../contracts/errors.ts';
import type { SealPlace, Vault } from '../../vault/vault.ts';
import { makeSigner, nativePublicKey, type Signer } from './ed25519.ts';
import { thumbprint } from './fingerprint.ts';
import { signJws, type JwtHeader } from './jws.ts';
import { readIsRevoked, readKeyByKid, type KeyRow } from './key-store.ts';

/** Where a key's private part lies. */
export function seedPlace(keyId: string): SealPlace {
  return { table: 'keys', row: keyId, column: 'sealed_seed' };
}

export function kidOf(publicKey: Buffer): string {
  return thumbprint(publicKey.toString('base64url'));
}

/** The private keys that were used since the vault was unlocked. Nothing here gives one away. */
export class Signers {
  readonly #vault: Vault;
  readonly #opened = new Map<string, Signer>();

  constructor(vault: Vault) {
    this.#vault = vault;
    vault.onChange(() => {
      if (!vault.isUnlocked) this.#opened.clear();
    });
  }

  /** As `KeyService.signJwt`. */
  sign(kid: string, header: JwtHeader, claims: object): string {
    return signJws(header, claims, this.#signer(kid));
  }

  /** The key has ended. */
  forget(kid: string): void {
    this.#opened.delete(kid);
  }

  /** The rows are others now. */
  forgetAll(): void {
    this.#opened.clear();
  }

  #signer(kid: string): Signer {
    if (!this.#vault.isUnlocked) throw new KeyholdError('vault_locked');
    const sql = this.#vault.sql();
    const isRevoked = readIsRevoked(sql, kid);
    if (isRevoked) throw new KeyholdError('key_not_found');
    const known = isRevoked === null ? undefined : this.#opened.get(kid);
    if (known !== undefined) return known;
    const row = readKeyByKid(sql, kid);
    if (row === undefined) throw new KeyholdError('context_not_found');
    const signer = this.#open(row);
    this.#opened.set(kid, signer);
    return signer;
  }

  /** The private key, after the row's public columns were checked against it. */
  #open(row: KeyRow): Signer {
    const seed = this.#vault.open(seedPlace(row.id), row.sealed_seed);
    try {
      // The public columns are not sealed: whoever can write to the file could exchange them.
      const genuine = row.public_key.equals(nativePublicKey(seed)) && kidOf(row.public_key) === row.kid;
      if (!genuine) throw new KeyholdError('vault_damaged');
      return makeSigner(seed);
    } finally {
      seed.fill(0);
    }
  }
}
