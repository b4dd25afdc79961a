import { createRemoteJWKSet, jwtVerify, type JWTPayload } from 'jose';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A keeper that takes JWTs of a provider, as far as the app asks it to sign in: a stand-in that trusts what it is told. */
export interface StandInKeeper {
  origin: string;
  host: string;
  /** The tokens that it was asked with, in their order, with the field that each came in. */
  readonly sent: string[];
  /** What it says of how people sign in; may be changed. */
  config: Record<string, unknown>;
  stop(): Promise<void>;
}

interface KeeperOptions {
  issuer: string;
  audience: string;
  clientId: string;
}

/** Starts one on a free port of this computer. */
export async function startStandInKeeper({
  issuer,
  audience,
  clientId,
}: KeeperOptions): Promise<StandInKeeper> {
  const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));
  const http = createServer();
  const keeper = {
    sent: [] as string[],
    config: {
      ...{ id: 'OIDC', header: 'X-JWT-TOKEN', clientId, audience, callbackUrl: 'http://127.0.0.1:1/ui' },
      discoveryUrl: `${issuer}/.well-known/openid-configuration`,
    } as Record<string, unknown>,
  };
  const me = async ({ headers }: IncomingMessage): Promise<[number, object]> => {
    for (const [name, value] of Object.entries(headers))
      if (/token|authorization/.test(name)) keeper.sent.push(`${name}: ${String(value)}`);
    const token = headers['x-jwt-token'];
    const claims = typeof token === 'string' ? await verified(token) : null;
    if (claims === null) return [401, { error: 'UNAUTHENTICATED', details: null, imposters: [], dead: [] }];
    const { sub, permissions } = claims;
    return [200, { subject: sub, actor: sub, permissions }];
  };
  const verified = async (token: string): Promise<JWTPayload | null> => {
    try {
      return (await jwtVerify(token, keys, { audience, clockTolerance: 15 })).payload;
    } catch {
      return null;
    }
  };
  http.on('request', (request, response) => {
    const answer = ([status, body]: [number, object]) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.url === '/v1/keeper/control/auth/config') answer([200, keeper.config]);
    else if (request.url === '/v1/keeper/control/me') void me(request).then(answer);
    else answer([404, { error: 'NOT_FOUND' }]);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const host = `127.0.0.1:${String((http.address() as AddressInfo).port)}`;
  return Object.assign(keeper, {
    host,
    origin: `http://${host}`,
    stop: async () => {
      http.close();
      http.closeAllConnections();
      await once(http, 'close');
    },
  });
}
