import { createHash } from 'node:crypto';
import { limits } from '../../../../../contracts/domain/limits.ts';
import type { KeyAge } from '../../../../../contracts/domain/key-expiry.ts';
import type { KeySummary } from '../../../../../contracts/domain/key.ts';
import { KeyholdError } from '../../../../../contracts/errors.ts';
import type { ImportedKey, KeyChoice } from '../../../../../contracts/ipc/keys.ts';
import type { FileDialogs, KeyFileKdf, Random, SmallFiles } from '../../../ports.ts';
import { Turns } from '../../../lib/turns.ts';
import type { Vault } from '../../../vault/vault.ts';
import { fingerprint } from '../../../lib/fingerprint.ts';
import type { KeyService } from '../key-service.ts';
import type { RotationService } from '../rotation/rotation-service.ts';
import { findPrivateKeys } from './find-keys.ts';
import { openPrivateKey, type FoundKey } from './found-key.ts';

interface KeyImportDeps {
  vault: Vault;
  keys: KeyService;
  rotations: Pick<RotationService, 'requireNone'>;
  dialogs: FileDialogs;
  files: SmallFiles;
  keyFileKdf: KeyFileKdf;
  random: Random;
}

/** What the user wants to import, and as what. */
interface ImportRequest {
  contextId: string;
  label: string;
  age: KeyAge;
  source: { from: 'file'; fileToken: string } | { from: 'text'; text: string };
  /** Which one of the keys that were found, counted from 0; null while nobody was asked. */
  pick: number | null;
  passphrase: string | null;
}

function choiceOf({ form, publicKey, isProtected }: FoundKey): KeyChoice {
  return { form, fingerprint: publicKey === null ? null : fingerprint(publicKey), isProtected };
}

/** Takes in private keys that were made elsewhere. Neither they nor the paths of their files reach the window. */
export class KeyImport {
  readonly #deps: KeyImportDeps;
  /** The file that was chosen last; the window knows it by the token only. */
  #chosen: { token: string; path: string } | null = null;
  /** SHA-256 of the text whose keys were asked about last: a pick is of that one. */
  #asked: Buffer | null = null;
  /** How often the vault was locked. */
  #locks = 0;
  readonly #turns = new Turns(1);

  constructor(deps: KeyImportDeps) {
    this.#deps = deps;
    deps.vault.onChange(() => {
      if (deps.vault.isUnlocked) return;
      this.#locks += 1;
      this.#chosen = null;
      this.#asked = null;
    });
  }

  /** Has the user choose a file; null when none was chosen. A file that was chosen before is let go of. */
  async choose(): Promise<{ fileToken: string; fileName: string } | null> {
    const { dialogs, random, vault } = this.#deps;
    const chosen = await dialogs.open({ title: 'Import private key' });
    if (chosen === null || !vault.isUnlocked) return null;
    const token = random.uuid();
    this.#chosen = { token, path: chosen.path };
    return { fileToken: token, fileName: chosen.name };
  }

  /**
   * Reads a private key and adds it to a context, as a key that its service does not know yet. Where there are several
   * and none was picked, nothing is imported and the answer says which there are. Imports wait for each other:
   * a passphrase keeps a core busy for a while. A lock meanwhile ends them.
   *
   * @throws KeyholdError as `findPrivateKeys`, `openPrivateKey`, `RotationService.requireNone` and `KeyService.adopt`;
   *   `import_too_large`; `file_gone`, also when it is no longer the text of which one was picked.
   */
  import(request: ImportRequest): Promise<ImportedKey> {
    const locks = this.#locks;
    this.#deps.rotations.requireNone(request.contextId);
    return this.#turns.take(() => this.#import(request, locks));
  }

  async #import({ source, pick, ...wanted }: ImportRequest, locks: number): Promise<ImportedKey> {
    const text = await this.#read(source);
    let found: FoundKey[] = [];
    try {
      const digest = createHash('sha256').update(text).digest();
      if (pick !== null && this.#asked?.equals(digest) !== true) throw new KeyholdError('file_gone');
      found = findPrivateKeys(text);
      const key = found.length === 1 ? found[0] : found[pick ?? found.length];
      if (key !== undefined) return { outcome: 'imported', key: await this.#adopt(key, wanted, locks) };
      this.#asked = digest;
      return { outcome: 'several', choices: found.map(choiceOf) };
    } finally {
      text.fill(0);
      for (const { secret } of found) secret.fill(0);
    }
  }

  async #adopt(
    key: FoundKey,
    { contextId, label, age, passphrase }: Omit<ImportRequest, 'source' | 'pick'>,
    locks: number,
  ): Promise<KeySummary> {
    const secret = passphrase === null ? null : Buffer.from(passphrase, 'utf8');
    try {
      const { seed } = await openPrivateKey(key, secret, this.#deps.keyFileKdf);
      try {
        // Both may have come while a passphrase was worked on.
        if (this.#locks !== locks) throw new KeyholdError('vault_locked');
        this.#deps.rotations.requireNone(contextId);
        return this.#deps.keys.adopt(contextId, { label, seed, age });
      } finally {
        seed.fill(0);
      }
    } finally {
      secret?.fill(0);
    }
  }

  async #read(source: ImportRequest['source']): Promise<Buffer> {
    if (source.from === 'text') return Buffer.from(source.text, 'utf8');
    if (this.#chosen?.token !== source.fileToken) throw new KeyholdError('file_gone');
    const content = await this.#deps.files.read(this.#chosen.path, limits.keyTextMax);
    if (content === 'missing') throw new KeyholdError('file_gone');
    if (content === 'too_large') throw new KeyholdError('import_too_large');
    return content;
  }
}
