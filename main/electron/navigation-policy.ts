import type { App, WebContents } from 'electron';
import { appOrigin } from '../../contracts/ipc/channels.ts';

/** True for the window's own pages and files. Compares parsed parts, never prefixes of the text. */
export function isAppUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return (
    url.protocol === `${appOrigin.scheme}:` &&
    url.host === appOrigin.host &&
    url.username === '' &&
    url.password === ''
  );
}

function confine(contents: WebContents): void {
  const refuse = (event: { preventDefault(): void }): void => event.preventDefault();
  contents.on('will-navigate', refuse);
  contents.on('will-redirect', refuse);
  contents.on('will-frame-navigate', refuse);
  contents.on('will-attach-webview', refuse);
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/**
 * No page of the app goes anywhere: navigation, redirects, frames, new windows and webviews are refused
 * for every web contents, however it came to be.
 */
export function denyNavigation(app: App): void {
  app.on('web-contents-created', (_event, contents) => confine(contents));
}
