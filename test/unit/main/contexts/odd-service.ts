import { OddServer } from './odd-server.ts';

export const userId = 'u_abcdefghijklmnop';

export interface OddAnswer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

export const unknownKey: OddAnswer = {
  status: 401,
  body: { error: { code: 'key_not_registered', message: 'Register it' } },
};

/** The answer to "who am I" for the user whom the tests are, or another one. */
export function known(id = userId): OddAnswer {
  return {
    status: 200,
    body: {
      user: { id, username: 'maya', email: 'maya@acme.example', display_name: 'Maya Chen' },
      org: 'acme',
      role: 'owner',
      auth: { method: 'key', scopes: [], expires_at: '2030-01-01T00:00:00.000Z' },
    },
  };
}

/** A service that discovers properly and answers "who am I" as the test says, also with what no real one says. */
export class OddService {
  readonly #server: OddServer;
  /** The next answers to "who am I", the last one for good; null hangs up instead. */
  whoami: (OddAnswer | null)[] = [unknownKey];
  /** Members of the description that differ. */
  description: Record<string, unknown> = {};
  /** Takes the place of the description: whatever else may answer. */
  instead: OddAnswer | null = null;
  /** The tokens that "who am I" was asked with. */
  readonly tokens: string[] = [];

  private constructor(server: OddServer) {
    this.#server = server;
  }

  static async start(): Promise<OddService> {
    const service = new OddService(await OddServer.start());
    service.#server.answer((request, response) => {
      const { status, body, headers } = (request.url === '/v1/whoami'
        ? service.#nextWhoami(request.headers.authorization)
        : (service.instead ?? { status: 200, body: service.#describe() })) ?? { status: 0, body: null };
      if (status === 0) request.socket.destroy();
      else response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    return service;
  }

  get origin(): string {
    return this.#server.origin;
  }

  get host(): string {
    return new URL(this.origin).host;
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  #describe(): Record<string, unknown> {
    return {
      origin: this.origin,
      name: 'Odd',
      methods: ['key'],
      dashboard_url: `${this.origin}/dashboard/keys`,
      registry: true,
      signing_algs: ['Ed25519'],
      max_token_ttl: 86_400,
      ...this.description,
    };
  }

  #nextWhoami(authorization: string | undefined): OddAnswer | null {
    this.tokens.push(authorization?.replace('Bearer ', '') ?? '');
    const [next = null] = this.whoami.length > 1 ? this.whoami.splice(0, 1) : this.whoami;
    return next;
  }
}
