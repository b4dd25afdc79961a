import { delimiter, dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { helperStateSchema } from '../../../contracts/ipc/registries.ts';
import { NotText } from '../ports.ts';
import type { TextFiles } from '../ports.ts';
import { fillHelperScript } from './helper-script.ts';

export type HelperState = z.infer<typeof helperStateSchema>;

export interface HelperInstallerDeps {
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

/** Keeps the script `docker-credential-keyhold` in a folder on PATH as this version of the app wants it. */
export class HelperInstaller {
  readonly #deps: HelperInstallerDeps;

  constructor(deps: HelperInstallerDeps) {
    this.#deps = deps;
  }

  /** @throws KeyholdError `storage_failed` */
  async state(): Promise<HelperState> {
    const { helperPath, path } = this.#deps;
    const folder = resolve(dirname(helperPath));
    const onPath = path.split(delimiter).some((entry) => entry !== '' && resolve(entry) === folder);
    return { path: helperPath, state: await this.#compare(await this.#wanted()), onPath };
  }

  /**
   * Writes the script unless it is there as it should be.
   *
   * @throws KeyholdError `storage_failed`
   */
  async install(): Promise<void> {
    const wanted = await this.#wanted();
    if ((await this.#compare(wanted)) === 'current') return;
    await this.#deps.files.replace(this.#deps.helperPath, wanted, 0o755);
  }

  async #wanted(): Promise<string> {
    const template = await this.#deps.files.read(this.#deps.helperScript);
    if (template === null) throw new KeyholdError('storage_failed');
    return fillHelperScript(template, this.#deps.appExecutable);
  }

  async #compare(wanted: string): Promise<HelperState['state']> {
    const { files, helperPath } = this.#deps;
    const installed = await this.#installed();
    if (installed === null) return 'missing';
    return installed === wanted && (await files.isExecutable(helperPath)) ? 'current' : 'stale';
  }

  /** What is at the helper's place; a file that is no text is no script, as an empty one is none. */
  async #installed(): Promise<string | null> {
    try {
      return await this.#deps.files.read(this.#deps.helperPath);
    } catch (error) {
      if (error instanceof NotText) return '';
      throw error;
    }
  }
}
