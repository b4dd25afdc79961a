import { performance } from 'node:perf_hooks';
import { shell } from 'electron';
import { KeyholdError } from '../../contracts/errors.ts';
import { isLoopbackHost } from '../../contracts/domain/origin.ts';

/**
 * Whether a link may leave the app: https, or http to this machine; only to the origin of the context it
 * belongs to.
 */
function mayOpen(link: string, contextOrigin: string): boolean {
  if (!URL.canParse(link)) return false;
  const url = new URL(link);
  if (url.origin !== contextOrigin || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname));
}

/** No person opens pages faster than that, milliseconds. */
const apartMs = 1000;
let openedAt = -Infinity;

/**
 * Opens a context's page in the user's browser. Throws `link_not_allowed`. Does nothing within a second after the last
 * one, so that a script in the window cannot fill the browser.
 *
 * @returns Whether it was opened.
 */
export async function openExternalLink(link: string, contextOrigin: string): Promise<boolean> {
  if (!mayOpen(link, contextOrigin)) throw new KeyholdError('link_not_allowed');
  const now = performance.now();
  if (now - openedAt < apartMs) return false;
  openedAt = now;
  await shell.openExternal(link);
  return true;
}
