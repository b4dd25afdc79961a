import { basename } from 'node:path';
import {
  remoteTextMax,
  type HashMethod,
  type SignatureScheme,
} from '../../../contracts/domain/remote-key.ts';
import type { OperationId } from '../../../contracts/permissions/operations.ts';
import {
  decryptPath,
  encryptPath,
  signPaths,
  verifyPaths,
} from '../../../contracts/server-api/tkeeper/signing.ts';
import type { FileDialogs, TextFiles } from '../ports.ts';
import { noteDeed, type DeedDeps } from '../service/deeds.ts';
import {
  decryptedAnswer,
  encryptedAnswer,
  signatureAnswer,
  verifiedAnswer,
} from '../service/dialects/tkeeper-keys.ts';
import { wipe } from '../vault/bytes.ts';
import { bytesOf, pastedBase64, type Content, type ContentDeps } from './content.ts';
import { KeeperCalls, type KeeperRequest } from './keeper-calls.ts';

interface Deps extends DeedDeps, ContentDeps {
  dialogs: FileDialogs;
  files: Pick<TextFiles, 'replace'>;
}

interface Scheme {
  scheme: SignatureScheme;
  hash: HashMethod;
}

/** What was decrypted: of a file, or of what is no text or a very long one, how much it was. */
interface Decrypted {
  text: string | null;
  bytes: number;
  fileName: string | null;
}

/** A file as base64 is longer than a usual answer; a keeper and its peers take a while for it. */
const room = { maxBytes: 16 * 1024 * 1024, maxValues: 1000 };
const timeoutMs = 60_000;

/** Has a keeper use its keys. Nobody else sees what: the log has the key alone, and a file's name. */
export class KeyUses {
  readonly #deps: Deps;
  readonly #calls: KeeperCalls;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#calls = new KeeperCalls(deps.service);
  }

  /**
   * @param by - Also the authority that has it signed, as the keeper calls it.
   * @returns Null where the person chose no file.
   * @throws KeyholdError as `bytesOf` and `KeeperCalls.ask`.
   */
  async sign(contextId: string, keyId: string, content: Content, by: Scheme & { authority: string }) {
    const chosen = await bytesOf(this.#deps, content, 'Sign a file');
    if (chosen === null) return null;
    const { fileName, bytes } = chosen;
    const command = { authorityId: by.authority, ...artifactOf(bytes, by) };
    const request = asked('key.sign', keyId, signPaths[0], { command });
    const { signature64, type, generation } = await this.#calls.ask(contextId, request, signatureAnswer);
    this.#note('remote_key.signed', contextId, keyId, fileName);
    return { fileName, signature: signature64, scheme: type, generation };
  }

  /**
   * @param generation - Null for the current one.
   * @returns Null where the person chose no file.
   * @throws KeyholdError `not_base64`, or as `bytesOf` and `KeeperCalls.ask`.
   */
  async verify(
    contextId: string,
    keyId: string,
    content: Content,
    { signature, generation, ...by }: Scheme & { signature: string; generation: number | null },
  ) {
    const signature64 = pastedBase64(signature);
    const chosen = await bytesOf(this.#deps, content, 'Verify a file');
    if (chosen === null) return null;
    const { fileName, bytes } = chosen;
    const body = { command: artifactOf(bytes, by), signature64, ...ofGeneration(generation) };
    const request = asked('key.verify', keyId, verifyPaths[0], body);
    const { valid } = await this.#calls.ask(contextId, request, verifiedAnswer);
    this.#note('remote_key.verified', contextId, keyId, fileName);
    return { fileName, valid };
  }

  /** @returns Null where the person chose no file. @throws KeyholdError as `bytesOf` and `KeeperCalls.ask`. */
  async encrypt(contextId: string, keyId: string, content: Content) {
    const chosen = await bytesOf(this.#deps, content, 'Encrypt a file');
    if (chosen === null) return null;
    const { fileName, bytes } = chosen;
    const request = asked('key.encrypt', keyId, encryptPath, { plaintext64: bytes.toString('base64') });
    const { ciphertext64, generation } = await this.#calls.ask(contextId, request, encryptedAnswer);
    this.#note('remote_key.encrypted', contextId, keyId, fileName);
    return { fileName, ciphertext: ciphertext64, generation };
  }

  /**
   * @param by - `generation` null for the current one; `to`: where it goes.
   * @returns Null where the person chose no file, before anything is asked for.
   * @throws KeyholdError `not_base64`, `storage_failed`, `vault_locked`, or as `KeeperCalls.ask`.
   */
  async decrypt(
    contextId: string,
    keyId: string,
    { ciphertext, generation, to }: { ciphertext: string; generation: number | null; to: 'text' | 'file' },
  ): Promise<Decrypted | null> {
    const body = { ciphertext64: pastedBase64(ciphertext), ...ofGeneration(generation) };
    const path = to === 'file' ? await this.#chosenPath(keyId) : null;
    if (to === 'file' && path === null) return null;
    const request = asked('key.decrypt', keyId, decryptPath, body);
    const { plaintext64 } = await this.#calls.ask(contextId, request, decryptedAnswer);
    const plain = Buffer.from(plaintext64, 'base64');
    try {
      if (path === null) return { text: textOf(plain), bytes: plain.length, fileName: null };
      await this.#deps.files.replace(path, plain, 0o600);
      return { text: null, bytes: plain.length, fileName: basename(path) };
    } finally {
      wipe(plain);
      // It was decrypted, wherever it went.
      this.#note('remote_key.decrypted', contextId, keyId, path === null ? null : basename(path));
    }
  }

  async #chosenPath(keyId: string): Promise<string | null> {
    const { dialogs, vault } = this.#deps;
    const fileName = `${keyId.replace(':', '-')}-decrypted.bin`;
    const path = await dialogs.save({ title: 'Save decrypted file', fileName, extension: 'bin' });
    // The dialog may have been open for long.
    if (path !== null) vault.requireUnlocked();
    return path;
  }

  #note(
    kind: Parameters<typeof noteDeed>[1],
    contextId: string,
    keyId: string,
    fileName: string | null,
  ): void {
    noteDeed(this.#deps, kind, contextId, fileName === null ? keyId : `${keyId}, ${fileName}`);
  }
}

function asked(operation: OperationId, keyId: string, path: string, body: object): KeeperRequest {
  return { method: 'POST', path, body: { keyId, ...body }, operation, keyId, room, timeoutMs };
}

function artifactOf(bytes: Buffer, { scheme, hash }: Scheme) {
  return { type: 'arbitrary', artifact: { scheme, hash, data64: bytes.toString('base64') } };
}

function ofGeneration(generation: number | null): { generation?: number } {
  return generation === null ? {} : { generation };
}

/** Null for bytes that are no text, and for a longer one than a window draws at once. */
function textOf(bytes: Buffer): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.length <= remoteTextMax ? text : null;
  } catch {
    return null;
  }
}
