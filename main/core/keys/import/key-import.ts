import { limits } from '../../../../contracts/domain/limits.ts';
import type { KeyAge } from '../../../../contracts/domain/key-expiry.ts';
import type { KeySummary } from '../../../../contracts/domain/key.ts';
import { KeyholdError } from '../../../../contracts/errors.ts';
import type { FileDialogs, Random, SmallFiles, SshKdf } from '../../ports.ts';
import type { Vault } from '../../vault/vault.ts';
import type { KeyService } from '../key-service.ts';
import { readPrivateKey } from './private-key.ts';

interface KeyImportDeps {
  vault: Vault;
  keys: KeyService;
  dialogs: FileDialogs;
  files: SmallFiles;
  sshKdf: SshKdf;
  random: Random;
}

/** What the user wants to import, and as what. */
export interface ImportRequest {
  contextId: string;
  label: string;
  age: KeyAge;
  source: { from: 'file'; fileToken: string } | { from: 'text'; text: string };
  passphrase: string | null;
}

/** Takes in private keys that were made elsewhere. Neither they nor the paths of their files reach the window. */
export class KeyImport {
  readonly #deps: KeyImportDeps;
  /** The file that was chosen last; the window knows it by the token only. */
  #chosen: { token: string; path: string } | null = null;

  constructor(deps: KeyImportDeps) {
    this.#deps = deps;
    deps.vault.onChange(() => {
      if (!deps.vault.isUnlocked) this.#chosen = null;
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
   * Reads a private key and adds it to a context, as a key that its service does not know yet.
   *
   * @throws KeyholdError as `readPrivateKey` and `KeyService.adopt`; `import_too_large`, `file_gone`.
   */
  async import({ contextId, label, age, source, passphrase }: ImportRequest): Promise<KeySummary> {
    const { keys, sshKdf } = this.#deps;
    const text = await this.#read(source);
    const secret = passphrase === null ? null : Buffer.from(passphrase, 'utf8');
    try {
      const { seed } = await readPrivateKey(text, secret, sshKdf);
      try {
        return keys.adopt(contextId, { label, seed, age });
      } finally {
        seed.fill(0);
      }
    } finally {
      text.fill(0);
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
