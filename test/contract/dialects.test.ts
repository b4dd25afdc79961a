import { afterEach, describe, expect, it } from 'vitest';
import { discoverySchema } from '../../contracts/server-api/discovery.ts';
import { serverDialects } from '../../reference-server/config/dialects.ts';
import type { ServerDialect } from '../../reference-server/config/dialects.ts';
import { startEmptyServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { call } from '../support/server-client.ts';

let servers: LocalServer[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  servers = [];
});

async function serverOf(...dialects: ServerDialect[]): Promise<LocalServer> {
  const server = await startEmptyServer({ dialects });
  servers.push(server);
  return server;
}
const routesOf = ({ routes }: LocalServer) => new Set(routes.map(({ method, url }) => `${method} ${url}`));

/** An address of each, what it answers to nobody, and what discovery says of the server that has it alone. */
const own: Record<ServerDialect, { path: string; methods: string[]; says: object }> = {
  keyhold: {
    ...{ path: '/v1/keys', methods: ['key', 'password'] },
    says: { key_rotation: true, authorize_url: undefined },
  },
  kisenon: {
    ...{ path: '/v1/projects', methods: ['password', 'browser'] },
    says: { key_rotation: false, authorize_url: expect.stringContaining('/cli/authorize') as string },
  },
  'artifact-keeper': {
    ...{ path: '/api/v1/users', methods: ['password', 'browser'] },
    says: { key_rotation: false, authorize_url: expect.stringContaining('/cli/authorize') as string },
  },
  tkeeper: {
    ...{ path: '/v1/keeper/control/me', methods: ['password'] },
    says: { key_rotation: false, authorize_url: undefined },
  },
};

describe('a server', () => {
  it.each(serverDialects)('of %s alone has its addresses, no other’s, and says so', async (dialect) => {
    const server = await serverOf(dialect);
    for (const [name, { path }] of Object.entries(own)) {
      const { status, headers } = await call(server, path);
      expect([name, status]).toEqual([name, name === dialect ? 401 : 404]);
      expect(headers.get('allow')).toBeNull();
    }
    const page = await fetch(`${server.origin}/cli/authorize`, { redirect: 'manual' });
    expect(page.status === 404).toBe(dialect === 'keyhold' || dialect === 'tkeeper');
    const { methods, says } = own[dialect];
    const described = discoverySchema.parse((await call(server, '/.well-known/keyhold')).body);
    expect({ authorize_url: undefined, ...described }).toMatchObject({
      ...{ dialects: dialect === 'keyhold' ? [dialect, 'access'] : [dialect], methods, registry: true },
      ...says,
    });
    expect((await fetch(`${server.origin}/v2/`)).status).toBe(401);
    expect((await fetch(`${server.origin}/login`)).status).toBe(200);
  });

  it('has no address that belongs to none of them', async () => {
    const all = routesOf(await serverOf(...serverDialects));
    const alone = await Promise.all(serverDialects.map(async (each) => routesOf(await serverOf(each))));
    expect(new Set(alone.flatMap((routes) => [...routes]))).toEqual(all);
    const [keyhold, , artifactKeeper] = alone;
    expect([...(keyhold ?? [])].filter((route) => route.includes('/api/v1/'))).toEqual([]);
    const others = [...(artifactKeeper ?? [])].filter((route) => route.includes(' /v1/'));
    // What a person lets a program have is got at one address, whatever it is.
    expect(others).toEqual(['POST /v1/cli/exchange']);
  });
});
