import type { readForms } from '../../../../../contracts/domain/key-form.ts';
import { KeyholdError } from '../../../../../contracts/errors.ts';
import type { KeyFileKdf } from '../../../ports.ts';
import { SshFormatError } from '../ssh-wire.ts';
import { DerError } from './der.ts';

/** A private key that was read. Whoever gets it zeroes the seed. */
export interface PrivateKey {
  /** 32 bytes (RFC 8032, section 5.1.5). */
  seed: Buffer;
}

/** What may be an Ed25519 private key, before its passphrase is asked for. */
export interface FoundKey {
  form: (typeof readForms)[number];
  /** 32 bytes; null while it cannot be known. */
  publicKey: Buffer | null;
  isProtected: boolean;
  /** What it is read from; whoever looked for it zeroes it. */
  secret: Buffer;
  /** For `openPrivateKey`. */
  open: (passphrase: Buffer | null, kdf: KeyFileKdf) => Promise<PrivateKey>;
}

/** What a reader threw, as an error of ours: bytes that have not the form that they should have are damaged. */
export function asImportError(error: unknown): unknown {
  const isDamaged = error instanceof DerError || error instanceof SshFormatError;
  return isDamaged ? new KeyholdError('import_damaged') : error;
}

/**
 * Looks at what should be a private key. One that is damaged, or whose protection cannot be opened, is a key none the
 * less: it says so when it is to be opened.
 *
 * @throws KeyholdError when it is of another kind
 */
export function examine(form: FoundKey['form'], read: () => FoundKey): FoundKey {
  try {
    return read();
  } catch (thrown) {
    const error = asImportError(thrown);
    if (!(error instanceof KeyholdError)) throw error;
    if (error.code !== 'import_damaged' && error.code !== 'import_unsupported') throw error;
    const open = (): Promise<never> => Promise.reject(error);
    return { form, publicKey: null, isProtected: false, secret: Buffer.alloc(0), open };
  }
}

/**
 * Reads a key that was found.
 *
 * @param passphrase - UTF-8; null when none was given. The caller zeroes it.
 * @throws KeyholdError `import_encrypted` when a passphrase is needed, `import_wrong_passphrase`, `import_wrong_kind`,
 *   `import_damaged`, `import_unsupported`.
 */
export async function openPrivateKey(
  key: FoundKey,
  passphrase: Buffer | null,
  kdf: KeyFileKdf,
): Promise<PrivateKey> {
  try {
    return await key.open(passphrase === null || passphrase.length === 0 ? null : passphrase, kdf);
  } catch (error) {
    throw asImportError(error);
  }
}
