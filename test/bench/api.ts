import { loginPath, tokenPairSchema } from '../../contracts/server-api/artifact-keeper/session.ts';
import { createdTokenSchema, ownTokensPath } from '../../contracts/server-api/artifact-keeper/tokens.ts';
import { discoveryPath } from '../../contracts/server-api/discovery.ts';
import { apiKeysPath, createdApiKeySchema } from '../../contracts/server-api/kisenon/api-keys.ts';
import { whoamiPath } from '../../contracts/server-api/whoami.ts';
import { makeHome } from '../e2e/launch.ts';
import { call, registerTestKey } from '../support/server-client.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { newTestKey } from '../support/test-key.ts';
import { toFigure, type Bench, type Figure, type Goal } from './figure.ts';
import { requestRate } from './request-rate.ts';
import { interleavedMedians, type Rounds } from './rounds.ts';

const rounds: Rounds = { warmUp: 2, counted: 9 };
const requests = 2000;
const user = 'maya';
const goal: Goal = { of: 'ratio', atLeast: 0.6 };

/** Who somebody is, asked with each kind of credential, against the same server's description of itself. */
export const benchApi: Bench = async (say) => {
  const home = makeHome();
  const server = await startTestServer({ args: ['--data', home.folder, '--log-level', 'warn'] });
  try {
    const credentials = await credentialsOf(server);
    say(`${String(rounds.counted)} rounds of ${String(requests)} requests after ${String(rounds.warmUp)}`);
    const rates = await interleavedMedians(
      {
        bare: () => requestRate(server.origin, { path: discoveryPath, headers: {} }, requests),
        ...Object.fromEntries(
          Object.entries(credentials).map(([name, token]) => [
            name,
            () => requestRate(server.origin, whoami(token), requests),
          ]),
        ),
      },
      rounds,
    );
    const peer = { name: 'description of the server, for anybody', value: rates.bare };
    return Object.keys(credentials).map((name): Figure => {
      const value = (rates as Record<string, number>)[name] ?? NaN;
      return toFigure({ id: 'api', figure: `whoami by ${name}`, unit: '/s', value, peer, goal });
    });
  } finally {
    await server.stop();
    home.remove();
  }
};

function whoami(token: string): { path: string; headers: Record<string, string> } {
  return { path: whoamiPath, headers: { authorization: `Bearer ${token}` } };
}

/** A credential of each kind, by the name that its figure has. */
async function credentialsOf(server: TestServer): Promise<Record<string, string>> {
  const key = await newTestKey();
  const session = await registerTestKey(server, user, key);
  const { id, password } = server.user(user);
  const pair = tokenPairSchema.parse(
    (await call(server, loginPath, { body: { username: user, password } })).body,
  );
  const apiKey = await call(server, apiKeysPath, { token: session, body: { name: 'bench' } });
  const apiToken = await call(server, ownTokensPath, {
    token: pair.access_token,
    body: { name: 'bench', scopes: ['repository:read'] },
  });
  return {
    'a key’s token': await key.apiToken(id, server.origin),
    'API key': createdApiKeySchema.parse(apiKey.body).secret,
    'API token': createdTokenSchema.parse(apiToken.body).token,
    'access token': pair.access_token,
    session,
  };
}
