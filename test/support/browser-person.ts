import { answerForm, openForm } from './loopback-program.ts';
import type { TestServer } from './server.ts';

/** What a person with a browser does with the address that the app opens, as the page's form does it. */
export interface Visit {
  /** Session of the browser, from `signIn`. */
  session: string;
  org?: string;
  answer?: 'authorize' | 'cancel';
}

/**
 * Answers the app's question in a browser, up to where that is sent on.
 *
 * @returns The address that the browser is sent to; or the code on the page, where there is no such.
 */
export async function answerInBrowser(server: TestServer, address: string, visit: Visit): Promise<string> {
  const { session, org = 'acme', answer = 'authorize' } = visit;
  const url = new URL(address);
  if (url.origin !== server.origin) throw new Error(`The app opened ${url.origin}.`);
  const query = Object.fromEntries(url.searchParams);
  const response = await answerForm(server, await openForm(server, session, query), {
    ...query,
    org,
    answer,
  });
  const location = response.headers.get('location');
  if (location !== null) return location;
  const shown = /id="code"[^>]* value="([^"]+)"/.exec(await response.text())?.[1];
  if (shown === undefined) throw new Error(`The page answered ${String(response.status)} without a code.`);
  return shown;
}

/** As `answerInBrowser`, and follows where the browser is sent. @returns The page that it shows in the end. */
export async function signInWithBrowser(server: TestServer, address: string, visit: Visit): Promise<string> {
  return await (await fetch(await answerInBrowser(server, address, visit))).text();
}
