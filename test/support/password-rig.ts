import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { perClient } from '../../contracts/domain/registry-client.ts';
import type { PasswordSignInAnswer, PasswordSignInRequest } from '../../contracts/ipc/password-sign-in.ts';
import { systemRandom } from '../../main/adapters/random.ts';
import { fileLogger } from '../../main/adapters/logger.ts';
import { ServiceCalls } from '../../main/core/service/service-calls.ts';
import { PasswordSignIn } from '../../main/core/signin/password/password-sign-in.ts';
import { SignOut } from '../../main/core/signin/sign-out.ts';
import { ManualClock } from '../unit/main/signin/manual-clock.ts';
import { signInParts, type SignInParts } from '../unit/main/signin/sign-in-parts.ts';
import { FaultyHttp } from './faulty-http.ts';
import { startLocalServer, type LocalServer } from './local-server.ts';

/** Requests as `FaultyHttp` calls them. */
export const asked = {
  login: 'POST /api/v1/auth/login',
  refresh: 'POST /api/v1/auth/refresh',
  logout: 'POST /api/v1/auth/logout',
} as const;

/** The app's sign-in with a password between a real server and a real vault. */
export class PasswordRig {
  readonly server: LocalServer;
  readonly clock: ManualClock;
  readonly http: FaultyHttp;
  readonly parts: SignInParts;
  readonly signIns: PasswordSignIn;
  readonly calls: ServiceCalls;
  readonly signOut: SignOut;

  static async make(server: LocalServer): Promise<PasswordRig> {
    const http = new FaultyHttp();
    const clock = new ManualClock(new Date());
    return new PasswordRig(server, http, clock, await signInParts(clock, 'info', http));
  }

  private constructor(server: LocalServer, http: FaultyHttp, clock: ManualClock, parts: SignInParts) {
    this.server = server;
    this.http = http;
    this.clock = clock;
    this.parts = parts;
    const logger = fileLogger(parts.folder, 'info');
    const base = { ...parts, http, clock, random: systemRandom, logger };
    this.signIns = new PasswordSignIn({
      ...base,
      onSignedIn: ({ setUpPodman }) =>
        Promise.resolve({ podman: setUpPodman ? 'done' : 'not_asked', docker: 'not_asked' }),
    });
    this.calls = new ServiceCalls(base);
    const forget = () => Promise.resolve(perClient(() => 'none' as const));
    this.signOut = new SignOut({
      ...base,
      browserSignIn: { endOf: () => undefined },
      registries: { forget },
    });
  }

  /** Signs in to a new context, as one who lives at the server does. */
  signIn(username: string, facts: Partial<PasswordSignInRequest> = {}): Promise<PasswordSignInAnswer> {
    const terms = { name: 'Work', address: this.server.host, setUpPodman: true, setUpDocker: false };
    const { password } = this.server.user(username);
    return this.signIns.signIn({
      ...{ target: { kind: 'new', ...terms }, username, password, newPassword: null },
      ...facts,
    });
  }

  /** As `signIn`, and gives the context. */
  async context(username: string, facts: Partial<PasswordSignInRequest> = {}): Promise<string> {
    const answer = await this.signIn(username, facts);
    if (answer.kind !== 'signed_in') throw new Error(`The sign-in answered ${answer.kind}.`);
    return answer.contextId;
  }

  /** Both clocks go on. */
  advance(ms: number): void {
    this.clock.advance(ms);
    const now = this.clock.now();
    vi.spyOn(this.server.context, 'now').mockImplementation(() => new Date(now));
  }

  /** How many sessions a user has at the server. */
  async sessionsOf(username: string): Promise<number> {
    const rows = await this.server.context.db
      .selectFrom('sessions')
      .select('token_hash')
      .where('user_id', '=', this.server.user(username).id)
      .execute();
    return rows.length;
  }

  /** Has the server speak one form of API alone. */
  speakOnly(dialect: string): void {
    this.http.answer = (request, response) => {
      if (request !== 'GET /.well-known/keyhold') return response;
      const text = JSON.stringify({ ...(JSON.parse(response.text) as object), dialects: [dialect] });
      return { ...response, text };
    };
  }

  async change(username: string, facts: Record<string, string | number>): Promise<void> {
    await this.server.context.write({}, (tx) =>
      tx.updateTable('users').set(facts).where('id', '=', this.server.user(username).id).execute(),
    );
  }

  async dispose(): Promise<void> {
    await this.parts.dispose();
    await this.server.context.write({}, (tx) => tx.deleteFrom('sessions').execute());
  }
}

/** A rig for each test of a file, on one server. */
export function passwordRigs(): () => PasswordRig {
  let server: LocalServer;
  let rig: PasswordRig;
  beforeAll(async () => {
    server = await startLocalServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    rig = await PasswordRig.make(server);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await rig.dispose();
  });
  return () => rig;
}
