import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchHttpClient } from '../../../../main/adapters/http-client.ts';
import { HttpRefused, HttpUnreachable } from '../../../../main/core/ports/http.ts';
import type { HttpRequest } from '../../../../main/core/ports/http.ts';
import { OddServer } from './odd-server.ts';

const client = fetchHttpClient(fetch);
let server: OddServer;

beforeEach(async () => {
  server = await OddServer.start();
});
afterEach(async () => {
  await server.stop();
});

function get(facts: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', url: `${server.origin}/x`, timeoutMs: 5000, ...facts };
}

describe('the HTTP client', () => {
  it('answers status, text and header fields in lower case, whatever the status', async () => {
    server.answer((_, response) => {
      response.writeHead(418, { 'X-Odd': 'Yes' }).end('short and stout, ünïcode');
    });
    const response = await client.request(get());
    expect(response).toMatchObject({
      status: 418,
      text: 'short and stout, ünïcode',
      headers: { 'x-odd': 'Yes' },
    });
  });

  it('sends the method, the fields and the body as JSON', async () => {
    server.answer((request, response) => {
      void text(request).then((body) => {
        response.end(JSON.stringify({ method: request.method, body, headers: request.headers }));
      });
    });
    const request = get({ method: 'POST', headers: { authorization: 'Bearer t' }, body: { a: 1 } });
    expect(JSON.parse((await client.request(request)).text)).toMatchObject({
      method: 'POST',
      body: '{"a":1}',
      headers: { authorization: 'Bearer t', 'content-type': 'application/json', accept: 'application/json' },
    });
  });

  it('reads an answer without a body', async () => {
    server.answer((_, response) => response.writeHead(204).end());
    expect(await client.request(get())).toMatchObject({ status: 204, text: '' });
  });

  it('sends no cookie that a service has set', async () => {
    server.answer((_, response) => response.writeHead(200, { 'set-cookie': 'a=1' }).end());
    await client.request(get());
    await client.request(get());
    expect(server.requests.map((request) => request.headers.cookie)).toEqual([undefined, undefined]);
  });

  it.each([301, 302, 303, 307, 308])('refuses a redirect with %i and asks nobody else', async (status) => {
    server.answer((_, response) => response.writeHead(status, { location: '/elsewhere' }).end());
    await expect(client.request(get())).rejects.toBeInstanceOf(HttpRefused);
    expect(server.requests).toHaveLength(1);
  });

  it('refuses a body over 1 MiB', async () => {
    server.answer((_, response) => response.end(Buffer.alloc(1024 * 1024 + 1, 0x20)));
    await expect(client.request(get())).rejects.toBeInstanceOf(HttpRefused);
    server.answer((_, response) => response.end(Buffer.alloc(1024 * 1024, 0x20)));
    expect((await client.request(get())).text).toHaveLength(1024 * 1024);
  });

  it('reads more or less where the caller says so', async () => {
    server.answer((_, response) => response.end(Buffer.alloc(2_000_000, 0x20)));
    expect((await client.request(get({ maxBytes: 2_000_000 }))).text).toHaveLength(2_000_000);
    await expect(client.request(get({ maxBytes: 1_999_999 }))).rejects.toBeInstanceOf(HttpRefused);
  });

  it('hangs up on an endless body', async () => {
    const hungUp = new Promise<void>((resolve) => {
      server.answer((_, response) => {
        const more = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536, 0x20)));
        };
        response.on('drain', more);
        response.on('close', resolve);
        more();
      });
    });
    // A time-out far beyond the test's own, so that it is not what ends the connection.
    await expect(client.request(get({ timeoutMs: 600_000 }))).rejects.toBeInstanceOf(HttpRefused);
    await hungUp;
  });

  it('gives up on a service that does not answer in time', async () => {
    server.answer(() => undefined);
    await expect(client.request(get({ timeoutMs: 50 }))).rejects.toThrow(new HttpUnreachable('timed out'));
  });

  it('gives up on a body that does not end in time', async () => {
    server.answer((_, response) => response.write('{"half": '));
    await expect(client.request(get({ timeoutMs: 50 }))).rejects.toThrow(new HttpUnreachable('timed out'));
  });

  it('ends when the caller gives up, before and during the answer', async () => {
    const controller = new AbortController();
    const hungUp = new Promise((resolve) => {
      server.answer((request, response) => {
        request.socket.on('close', resolve);
        response.write('{"half": ', () => {
          controller.abort();
        });
      });
    });
    const request = get({ signal: controller.signal });
    await expect(client.request(request)).rejects.toThrow(new HttpUnreachable('no answer'));
    await hungUp;
    await expect(client.request(request)).rejects.toThrow(new HttpUnreachable('no answer'));
    expect(server.requests).toHaveLength(1);
  });

  it('tells when nothing listens and when the name is unknown', async () => {
    await server.stop();
    await expect(client.request(get())).rejects.toBeInstanceOf(HttpUnreachable);
    const unknown = get({ url: 'https://nowhere.invalid/' });
    await expect(client.request(unknown)).rejects.toBeInstanceOf(HttpUnreachable);
    server = await OddServer.start();
  });

  it('puts neither token nor address into what it throws', async () => {
    server.answer((request) => request.socket.destroy());
    const thrown: unknown = await client.request(get({ headers: { authorization: 'Bearer s3cret' } })).then(
      () => null,
      (error: unknown) => error,
    );
    expect(thrown).toBeInstanceOf(HttpUnreachable);
    expect((thrown as Error).message).toBe('no answer');
  });
});
