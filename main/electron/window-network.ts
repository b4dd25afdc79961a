import type { App, Session } from 'electron';
import { isAppUrl } from './navigation-policy.ts';

/** Nothing answers there and nothing can listen: there is no TCP to a group of computers (RFC 4291, section 2.7). */
const deadEnd = '[ff0e::1]';

/**
 * Takes the ways out of Chromium that no session's request filter and no content security policy sees. Must run
 * before the app is ready.
 * - `<link rel=dns-prefetch>` looks a name up, and a name can carry a secret: Blink's own setting turns it off.
 * - WebRTC looks up the names of its servers and peers, by mDNS too, with port 0, which no request of main's has: each
 *   is the dead end.
 * - WebRTC sends UDP past every proxy unless each web contents forbids it.
 * - Every session fetches a dictionary for spelling from Google, whether or not a page uses it.
 */
export function closeSideWays(app: App): void {
  app.commandLine.appendSwitch('blink-settings', 'dnsPrefetchingEnabled=false');
  app.commandLine.appendSwitch('host-resolver-rules', `MAP *:0 ${deadEnd}`);
  app.on('web-contents-created', (_event, contents) =>
    contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp'),
  );
  app.on('session-created', (session) => {
    session.setSpellCheckerLanguages([]);
    session.setSpellCheckerEnabled(false);
  });
}

/**
 * The session of the windows has no network: whatever is not one of the app's own files is cancelled, and what is no
 * request (WebRTC over TCP) meets a proxy that is not there, for this computer's own addresses too. There are no
 * downloads. Main's HTTP has a session of its own (`networkFetch`).
 */
export async function denyNetwork(session: Session): Promise<void> {
  session.webRequest.onBeforeRequest((details, callback) => {
    const isDevTools = details.url.startsWith('devtools://');
    callback({ cancel: !isAppUrl(details.url) && !isDevTools });
  });
  session.on('will-download', (event) => event.preventDefault());
  await session.setProxy({
    mode: 'fixed_servers',
    proxyRules: `${deadEnd}:1`,
    proxyBypassRules: '<-loopback>',
  });
}
