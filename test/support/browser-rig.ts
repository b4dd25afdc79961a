import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import type { BrowserSignInState } from '../../contracts/ipc/browser-sign-in.ts';
import { fileLogger } from '../../main/adapters/logger.ts';
import { loopbackListeners } from '../../main/adapters/loopback-listeners.ts';
import { systemRandom } from '../../main/adapters/random.ts';
import { BrowserSignIn } from '../../main/core/signin/loopback/browser-sign-in.ts';
import { ManualClock } from '../unit/main/signin/manual-clock.ts';
import { signInParts, type SignInParts } from '../unit/main/signin/sign-in-parts.ts';
import { answerInBrowser, signInWithBrowser, type Visit } from './browser-person.ts';
import { FaultyHttp } from './faulty-http.ts';
import { startLocalServer, type LocalServer } from './local-server.ts';
import { signIn } from './server-client.ts';

type Request = Parameters<BrowserSignIn['start']>[0];

/** The exchange of a code, as `FaultyHttp` calls it. */
export const exchange = 'POST /v1/cli/exchange';

/**
 * The app's sign-in by browser between a real server, a real vault and a real listener. The browser is what the test
 * does with the address that it was to open.
 */
export class BrowserRig {
  readonly server: LocalServer;
  /** Of maya's browser. */
  readonly session: string;
  readonly clock: ManualClock;
  readonly http: FaultyHttp;
  readonly parts: SignInParts;
  readonly browser: BrowserSignIn;
  /** Addresses that the system's browser was asked to open. */
  readonly opened: string[] = [];
  /** How it opens them. */
  opens: () => boolean | Promise<boolean> = () => true;
  /** How often the app was brought to the front. */
  raised = 0;

  static async make(server: LocalServer, session: string): Promise<BrowserRig> {
    const clock = new ManualClock(new Date());
    const http = new FaultyHttp();
    return new BrowserRig(server, session, clock, http, await signInParts(clock, 'info', http));
  }

  private constructor(
    server: LocalServer,
    session: string,
    clock: ManualClock,
    http: FaultyHttp,
    parts: SignInParts,
  ) {
    this.server = server;
    this.session = session;
    this.clock = clock;
    this.http = http;
    this.parts = parts;
    this.browser = new BrowserSignIn({
      ...parts,
      http,
      clock,
      random: systemRandom,
      logger: fileLogger(parts.folder, 'info'),
      listeners: loopbackListeners,
      computerName: ' maya-laptop\u202e ',
      openBrowser: async (link) => {
        this.opened.push(link);
        return await this.opens();
      },
      raise: () => (this.raised += 1),
      onSignedIn: (context) =>
        Promise.resolve({ podman: context.setUpPodman ? 'done' : 'not_asked', docker: 'not_asked' }),
    });
  }

  async dispose(): Promise<void> {
    this.browser.end();
    await this.parts.dispose();
    await this.server.context.write({}, (tx) => tx.deleteFrom('api_keys').execute());
  }

  /** A context that is to be added. */
  newContext(facts: { name?: string; address?: string } = {}): Request['target'] {
    const terms = { name: 'Work', address: this.server.host, setUpPodman: true, setUpDocker: false };
    return { kind: 'new', ...terms, ...facts };
  }

  start(
    target = this.newContext(),
    access: Request['access'] = 'api-key',
    elsewhere = false,
  ): Promise<BrowserSignInState> {
    return this.browser.start({ target, access, elsewhere });
  }

  /** Resolves with the next state of one of these phases. */
  until(...phases: BrowserSignInState['phase'][]): Promise<BrowserSignInState> {
    return new Promise((resolve) => {
      const stop = this.browser.onChange((state) => {
        if (state === null || !phases.includes(state.phase)) return;
        stop();
        resolve(state);
      });
    });
  }

  /** The address that was opened last. */
  get address(): string {
    return this.opened.at(-1) ?? '';
  }

  /** Answers in the browser, up to where that is sent. */
  answered(visit: Partial<Visit> = {}): Promise<string> {
    return this.answeredAt(this.address, visit);
  }

  /** As `answered`, at an address that was not opened here. */
  answeredAt(address: string, visit: Partial<Visit> = {}): Promise<string> {
    return answerInBrowser(this.server, address, { session: this.session, ...visit });
  }

  /** Answers in the browser, follows, and waits for what comes of it. */
  async answer(visit: Partial<Visit> = {}): Promise<BrowserSignInState> {
    const over = this.until('done', 'failed');
    await signInWithBrowser(this.server, this.address, { session: this.session, ...visit });
    return over;
  }

  /** The API keys of a user that the server accepts. */
  keysOf(username: string): Promise<{ id: string; name: string }[]> {
    return this.server.context.db
      .selectFrom('api_keys')
      .select(['id', 'name'])
      .where('user_id', '=', this.server.user(username).id)
      .where('revoked_at', 'is', null)
      .execute();
  }

  /** Where the browser is to bring the answer. */
  callback(address = this.address): string {
    return new URL(address).searchParams.get('redirect_uri') ?? '';
  }
}

/** Whether nobody listens there. */
export function isClosed(address: string): Promise<boolean> {
  return fetch(address).then(
    () => false,
    () => true,
  );
}

/** A rig for each test of a file, on one server. */
export function browserRigs(): () => BrowserRig {
  let server: LocalServer;
  let session: string;
  let rig: BrowserRig;
  beforeAll(async () => {
    server = await startLocalServer();
    session = await signIn(server, 'maya');
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    rig = await BrowserRig.make(server, session);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await rig.dispose();
  });
  return () => rig;
}
