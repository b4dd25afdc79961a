import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { OddServer } from '../contexts/odd-server.ts';

export const userId = 'u_abcdefghijklmnop';
const user = { id: userId, username: 'maya', email: 'maya@acme.example', display_name: 'Maya Chen' };

/** How one request is answered; null hangs up. */
export type Answered = { status: number; body: unknown } | null;

interface Hold {
  arrive: () => void;
  /** Once the first one is asked for. */
  arrived: Promise<void>;
  release: () => void;
  released: Promise<void>;
}

export function refusedBy(code: string, status = 401): Answered {
  return { status, body: { error: { code, message: 'No' } } };
}

/**
 * A service that discovers properly, knows the newest of the tokens that it gave, renews them for as long as the test
 * says, and counts who asks for what. On a real port, and with what no real one says.
 */
export class SessionService {
  readonly #server: OddServer;
  #given = 0;
  /** Where the newest token acts. */
  #org = 'acme';
  /** Answers of refresh that take the place of a new token, in their order. */
  refreshes: Answered[] = [];
  /** Answers of other requests of the API that take the place of a good one. */
  others: Answered[] = [];
  /** Members of a good answer of refresh that differ. */
  renewed: Record<string, unknown> = {};
  /** What was asked: method, path and the number of the token, oldest first. */
  readonly asked: string[] = [];
  #held: Hold | null = null;

  private constructor(server: OddServer) {
    this.#server = server;
  }

  static async start(): Promise<SessionService> {
    const service = new SessionService(await OddServer.start());
    service.#server.answer((request, response) => {
      void service.#answer(request).then((answer) => {
        if (answer === null) request.socket.destroy();
        else
          response
            .writeHead(answer.status)
            .end(answer.body === null ? undefined : JSON.stringify(answer.body));
      });
    });
    return service;
  }

  get origin(): string {
    return this.#server.origin;
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  /** The token of this number, in the form of a JWT. */
  token(number: number): string {
    return `eyJhbGciOiJub25lIn0.${Buffer.from(`token ${String(number)}`).toString('base64url')}.c2ln`;
  }

  /** Holds the answers to what renews a token back. */
  hold(): Pick<Hold, 'arrived' | 'release'> {
    let [arrive, release] = [(): void => undefined, (): void => undefined];
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    this.#held = { arrive, arrived, release, released };
    return { arrived, release };
  }

  /** What was asked since the last time. */
  taken(): string[] {
    return this.asked.splice(0);
  }

  async #answer(request: IncomingMessage): Promise<Answered> {
    const path = request.url ?? '';
    if (path === '/.well-known/keyhold') return { status: 200, body: this.#description() };
    this.asked.push(`${request.method ?? ''} ${path} ${nameOf(request.headers.authorization)}`);
    if (path === '/v1/auth/refresh' || path === '/v1/auth/switch-org') {
      this.#held?.arrive();
      await this.#held?.released;
      if (path === '/v1/auth/switch-org' && this.refreshes.length === 0) this.#org = await orgOf(request);
      return this.refreshes.length > 0 ? (this.refreshes.shift() ?? null) : this.#renew();
    }
    const other = this.others.shift();
    if (other !== undefined) return other;
    if (path === '/v1/auth/logout' || request.method === 'DELETE') return { status: 204, body: null };
    return { status: 200, body: { user, org: 'acme', role: 'owner', auth: { method: 'jwt', scopes: [] } } };
  }

  #renew(): Answered {
    this.#given += 1;
    const times = { token_type: 'Bearer', expires_in: 900, session_expires_in: 6 * 3600 };
    const body = { token: this.token(this.#given), ...times, user, org: this.#org, role: 'owner' };
    return { status: 200, body: { ...body, ...this.renewed } };
  }

  #description(): Record<string, unknown> {
    return {
      origin: this.origin,
      name: 'Sessions',
      methods: ['browser', 'key'],
      dialects: ['keyhold', 'kisenon'],
      registry: true,
      max_token_ttl: 86_400,
    };
  }
}

/** The organization that a request wants to act in. */
async function orgOf(request: IncomingMessage): Promise<string> {
  return ((await json(request)) as { org: string }).org;
}

/** What signs a request in: an API key as it is, of a token the word that it carries or that a key signed it. */
function nameOf(authorization = ''): string {
  if (!authorization.includes('.')) return authorization.replace('Bearer ', '');
  const [, claims = ''] = authorization.split('.');
  const text = Buffer.from(claims, 'base64url').toString();
  return text.startsWith('{') ? 'a key' : text;
}
