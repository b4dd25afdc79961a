import { app, session } from 'electron';

/**
 * A `fetch` for the services' HTTP: Chromium's network stack with the system's proxies and certificates, on
 * a session of its own in memory, without cache, apart from the window's (which has no network at all). Services are
 * told that Keyhold asks: lists of API keys name the program, and nobody needs to know what it is built on.
 */
export function networkFetch(): typeof fetch {
  const network = session.fromPartition('keyhold-network', { cache: false });
  network.setUserAgent(`Keyhold/${app.getVersion()}`);
  return async (input, init) => {
    if (typeof input !== 'string') throw new TypeError('networkFetch takes the address as text');
    return await network.fetch(input, { ...init, bypassCustomProtocolHandlers: true });
  };
}
