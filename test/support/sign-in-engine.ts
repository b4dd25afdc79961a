import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { registryToken } from './registry-client.ts';
import type { TestServer } from './server.ts';

const authSchema = z.object({ username: z.string(), password: z.string() });

/** What Docker's command line asks its engine for at a login. The engine itself does not run on a test machine. */
export interface SignInEngine {
  /** For `DOCKER_HOST`. */
  address: string;
  stop(): Promise<void>;
}

/**
 * Answers `POST /auth` of Docker's API as its engine does: by signing in to the registry. Knows nothing else.
 *
 * @param socketPath - Where it listens.
 */
export async function startSignInEngine(server: TestServer, socketPath: string): Promise<SignInEngine> {
  const engine = createServer((request, response) => {
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'api-version': '1.44', 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (!/^(\/v[\d.]+)?\/auth$/.test(request.url ?? '')) {
      answer(request.url === '/_ping' ? 200 : 404, {});
      return;
    }
    void json(request)
      .then((body) => registryToken(server, authSchema.parse(body)))
      .then(
        () => {
          answer(200, { Status: 'Login Succeeded' });
        },
        (error: unknown) => {
          answer(401, { message: String(error) });
        },
      );
  });
  await new Promise<void>((resolve) => engine.listen(socketPath, resolve));
  return {
    address: `unix://${socketPath}`,
    stop: () =>
      new Promise((resolve) => {
        engine.close(() => {
          resolve();
        });
        engine.closeAllConnections();
      }),
  };
}
