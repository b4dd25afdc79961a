import { randomBytes } from 'node:crypto';
import { appOrigin } from '../../contracts/ipc/channels.ts';

/** Makes a page's HTML; `nonce` is what its style elements must carry. */
type RenderPage = (nonce: string) => string;

/**
 * Pages that main makes for a window of its own. Each has an address that nobody can guess and is served once, so
 * that nothing else gets to see it.
 */
export class OneTimePages {
  readonly #pages = new Map<string, RenderPage>();

  /** @returns the address under which the page can be loaded, once */
  add(folder: string, render: RenderPage): string {
    const path = `/${folder}/${randomBytes(16).toString('hex')}`;
    this.#pages.set(path, render);
    return new URL(path, appOrigin.href).href;
  }

  /** The page at a path of our own origin, which is gone from then on; undefined when there is none. */
  take(path: string): RenderPage | undefined {
    const render = this.#pages.get(path);
    this.#pages.delete(path);
    return render;
  }

  /** Forgets a page that was not loaded. */
  remove(address: string): void {
    this.#pages.delete(new URL(address).pathname);
  }
}
