import { basename, delimiter, dirname, isAbsolute, join } from 'node:path';
import type { z } from 'zod';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { helperStateSchema } from '../../../contracts/ipc/registries.ts';
import { NotText } from '../ports.ts';
import type { TextFiles } from '../ports.ts';
import { fillHelperScript, fillScript, sharedScript } from './helper-script.ts';

export type HelperState = z.infer<typeof helperStateSchema>;

interface HelperInstallerDeps {
  files: TextFiles;
  /** Where the script belongs. */
  helperPath: string;
  /** Path of the script that the app was packaged with. */
  helperScript: string;
  /** The program that the script starts where Perl and curl are missing. */
  appExecutable: string;
  /** The PATH that the app was started with. */
  path: string;
}

/** File name of the script for the command line, which lies beside the helper. */
const commandProgram = 'keyhold';

/** What the script has in it. A program of another origin by this name is left alone. */
const commandMark = '# Keyhold on the command line';

/**
 * Keeps the scripts `docker-credential-keyhold` and `keyhold` in a folder on PATH as this version of the app wants
 * them.
 */
export class HelperInstaller {
  readonly #deps: HelperInstallerDeps;

  constructor(deps: HelperInstallerDeps) {
    this.#deps = deps;
  }

  /** @throws KeyholdError `storage_failed` */
  async state(): Promise<HelperState> {
    const { helperPath, path, files } = this.#deps;
    const folder = dirname(helperPath);
    const entries = path.split(delimiter).filter((entry) => isAbsolute(entry));
    const same = await Promise.all(entries.map((entry) => files.isSame(entry, folder)));
    const onPath = same.includes(true);
    const state = await this.#compare(await this.#wanted());
    const command = state === 'current' ? await this.#commandToWrite() : null;
    return { path: helperPath, state: command === null ? state : 'stale', onPath };
  }

  /**
   * Writes the scripts unless they are there as they should be.
   *
   * @throws KeyholdError `storage_failed`
   */
  async install(): Promise<void> {
    const { files, helperPath } = this.#deps;
    const wanted = await this.#wanted();
    if ((await this.#compare(wanted)) !== 'current') await files.replace(helperPath, wanted, 0o755);
    const command = await this.#commandToWrite();
    if (command !== null) await files.replace(this.#commandPath, command, 0o755);
  }

  get #commandPath(): string {
    return join(dirname(this.#deps.helperPath), commandProgram);
  }

  /** The script for the command line; null when it is there as it should be, or another program is in its place. */
  async #commandToWrite(): Promise<string | null> {
    const there = await this.#textAt(this.#commandPath);
    if (there !== null && !there.includes(commandMark)) return null;
    const wanted = fillScript(await this.#packaged(commandProgram), await this.#packaged(sharedScript));
    const { files } = this.#deps;
    return there === wanted && (await files.isExecutable(this.#commandPath)) ? null : wanted;
  }

  async #wanted(): Promise<string> {
    const { helperScript, appExecutable } = this.#deps;
    const template = await this.#packaged(basename(helperScript));
    return fillHelperScript(template, await this.#packaged(sharedScript), appExecutable);
  }

  /** A script that the app was packaged with, as it is there. */
  async #packaged(name: string): Promise<string> {
    const text = await this.#deps.files.read(join(dirname(this.#deps.helperScript), name));
    if (text === null) throw new KeyholdError('storage_failed');
    return text;
  }

  async #compare(wanted: string): Promise<HelperState['state']> {
    const { files, helperPath } = this.#deps;
    const installed = await this.#textAt(helperPath);
    if (installed === null) return 'missing';
    return installed === wanted && (await files.isExecutable(helperPath)) ? 'current' : 'stale';
  }

  /** What is at a script's place; a file that is no text is no script, as an empty one is none. */
  async #textAt(path: string): Promise<string | null> {
    try {
      return await this.#deps.files.read(path);
    } catch (error) {
      if (error instanceof NotText) return '';
      throw error;
    }
  }
}
