import { describe, expect, it, vi } from 'vitest';
import type { HttpResponse } from '../../../../../main/core/ports/http.ts';
import { keeperSignInOf } from '../../../../../main/core/service/keeper-sign-in.ts';
import { readProvider } from '../../../../../main/core/signin/oidc/provider.ts';

const wellKnown = '/.well-known/openid-configuration';

describe('what a service elsewhere names', () => {
  it.each([
    ['https://keeper.example', 'https://id.example', true],
    ['https://keeper.example', 'http://127.0.0.1:9000', false],
    ['https://keeper.example', 'https://localhost', false],
    ['https://keeper.example', 'http://[::1]:9000', false],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:9000', true],
    ['http://127.0.0.1:8080', 'https://id.example', true],
  ])('is no provider on this computer: %s names %s', (keeper, issuer, isNamed) => {
    const config = {
      ...({ id: 'OIDC', header: 'X-JWT-TOKEN', clientId: 'app', audience: 'tkeeper' } as const),
      ...{ callbackUrl: `${keeper}/ui/oidc/callback`, discoveryUrl: `${issuer}${wellKnown}` },
    };
    expect(keeperSignInOf(config, keeper).provider !== null).toBe(isNamed);
  });

  it.each([
    ['https://id.example/token', true],
    ['https://tokens.example/token', true],
    ['http://127.0.0.1:9000/shutdown', false],
    ['https://localhost:9000/shutdown', false],
  ])('has no tokens on this computer: %s', async (tokenEndpoint, isTaken) => {
    const issuer = 'https://id.example';
    const text = JSON.stringify({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: tokenEndpoint,
    });
    const response: HttpResponse = { status: 200, headers: {}, text };
    const logger = { error: vi.fn(), warn: vi.fn(), info: vi.fn(), debug: vi.fn() };
    const read = readProvider(
      {
        ...{ http: { request: () => Promise.resolve(response) }, clock: { now: () => new Date() } },
        logger,
      },
      {
        ...{ host: 'id.example', clientId: 'app', audience: 'tkeeper' },
        discoveryUrl: `${issuer}${wellKnown}`,
      },
    );
    if (isTaken) await expect(read).resolves.toMatchObject({ token_endpoint: tokenEndpoint });
    else await expect(read).rejects.toMatchObject({ code: 'provider_unusable' });
  });
});
