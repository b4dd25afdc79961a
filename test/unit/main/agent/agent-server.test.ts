import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addContext } from '../registries/add-context.ts';
import { agentParts, post, sendRaw } from './agent-parts.ts';
import type { AgentParts } from './agent-parts.ts';

const host = 'registry.example:5000';
const helperForm = ['Accept: application/x-keyhold-helper'];

let parts: AgentParts;
let socketPath: string;

beforeEach(async () => {
  parts = await agentParts();
  ({ socketPath } = parts);
});
afterEach(async () => {
  await parts.dispose();
});

function errorCode(body: string): unknown {
  return (JSON.parse(body) as { error: { code: unknown } }).error.code;
}

/** So many that their list does not fit into what a socket takes at once. */
function addManyContexts({ parts: { vault, keys } }: AgentParts): void {
  vault.sql().transaction(() => {
    for (let index = 0; index < 4000; index += 1) {
      addContext(
        { vault, keys },
        { name: `Cluster ${index}`, host: `r${index}.example`, state: 'signed_out' },
      );
    }
  });
}

describe('answers as JSON', () => {
  it('give a credential, marked not to be stored', async () => {
    addContext(parts.parts, { host, userId: 'u-maya' });
    const { status, headers, body } = await post(socketPath, '/v1/credential/get', host);
    expect(status).toBe(200);
    expect(headers).toContain('content-type: application/json');
    expect(headers).toContain('cache-control: no-store');
    expect(JSON.parse(body)).toEqual({
      ServerURL: host,
      Username: 'u-maya',
      Secret: expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/) as string,
    });
  });

  it.each([
    ['get', 'other.example', 404, 'unknown_host'],
    ['get', 'two words', 400, 'invalid_server'],
    ['get', 'pending.example', 409, 'key_not_registered'],
  ])('to %s of %s are %i %s', async (action, body, status, code) => {
    addContext(parts.parts, { host: 'pending.example', state: 'pending' });
    const answer = await post(socketPath, `/v1/credential/${action}`, body);
    expect(answer.status).toBe(status);
    expect(errorCode(answer.body)).toBe(code);
  });

  it('say that the vault is locked', async () => {
    addContext(parts.parts, { host });
    parts.parts.vault.lock();
    const answer = await post(socketPath, '/v1/credential/get', host);
    expect({ status: answer.status, code: errorCode(answer.body) }).toEqual({
      status: 423,
      code: 'vault_locked',
    });
    expect((await post(socketPath, '/v1/credential/list', '')).body).toBe('{}\n');
    const status = await sendRaw(socketPath, 'GET /v1/status HTTP/1.1\r\nHost: keyhold\r\n\r\n');
    expect(JSON.parse(status.body)).toEqual({ app: 'keyhold', vault: 'locked' });
  });

  it('list registries, and take what should be stored or erased', async () => {
    addContext(parts.parts, { host, userId: 'u-maya' });
    expect(JSON.parse((await post(socketPath, '/v1/credential/list', 'unused')).body)).toEqual({
      [host]: 'u-maya',
    });
    for (const action of ['store', 'erase']) {
      expect((await post(socketPath, `/v1/credential/${action}`, 'anything')).status).toBe(200);
    }
  });
});

describe('answers for the helper script', () => {
  it('hold exit code, advice and output', async () => {
    addContext(parts.parts, { host, userId: 'u-maya' });
    const ask = async (action: string, body: string): Promise<string> =>
      (await post(socketPath, `/v1/credential/${action}`, body, helperForm)).body;
    expect(await ask('get', host)).toMatch(
      /^0 \n\{"ServerURL":"registry\.example:5000","Username":"u-maya","Secret":"eyJ[\w.-]+"\}\n$/,
    );
    expect(await ask('get', 'other.example')).toBe(
      '1 Keyhold has no context for other.example. Add one in Keyhold, or take the host out of credHelpers in auth.json.\n' +
        'credentials not found in native keychain\n',
    );
    expect(await ask('list', 'unused')).toBe(`0 \n{"${host}":"u-maya"}\n`);
    expect(await ask('store', '{}')).toMatch(/^0 Keyhold did not keep this password[^\n]+\n$/);
    expect(await ask('erase', host)).toBe('0 \n');
  });

  it('let the client go on when the request itself is refused', async () => {
    const noise = 'x'.repeat(65 * 1024);
    expect((await post(socketPath, '/v1/credential/get', noise, helperForm)).body).toBe(
      '1 The request is longer than 64 KiB.\ncredentials not found in native keychain\n',
    );
    expect((await post(socketPath, '/v1/credential/store', noise, helperForm)).body).toMatch(/^0 /);
    expect((await post(socketPath, '/v1/credential/erase', noise, helperForm)).body).toBe('0 \n');
  });
});

describe('requests that are refused', () => {
  const requests: [string, string, number, string][] = [
    ['another path', 'GET / HTTP/1.1\r\nHost: keyhold\r\n\r\n', 404, 'not_found'],
    ['an unknown action', 'POST /v1/credential/dump HTTP/1.1\r\nHost: keyhold\r\n\r\n', 404, 'not_found'],
    [
      'a path that leads up',
      'GET /v1/credential/../status HTTP/1.1\r\nHost: keyhold\r\n\r\n',
      404,
      'not_found',
    ],
    [
      'GET of a credential',
      'GET /v1/credential/get HTTP/1.1\r\nHost: keyhold\r\n\r\n',
      405,
      'method_not_allowed',
    ],
    ['POST to the status', 'POST /v1/status HTTP/1.1\r\nHost: keyhold\r\n\r\n', 405, 'method_not_allowed'],
    [
      'a web page',
      'POST /v1/credential/get HTTP/1.1\r\nHost: keyhold\r\nOrigin: https://a.example\r\n\r\n',
      403,
      'forbidden',
    ],
    ['a foreign host', 'GET /v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n', 403, 'forbidden'],
    ['no host', 'GET /v1/status HTTP/1.0\r\n\r\n', 403, 'forbidden'],
    ['no host where there has to be one', 'GET /v1/status HTTP/1.1\r\n\r\n', 403, 'forbidden'],
    ['an expectation', 'GET / HTTP/1.1\r\nHost: keyhold\r\nExpect: wonders\r\n\r\n', 404, 'not_found'],
    ['noise', '\u0000\u0001 what\r\n\r\n', 400, 'bad_request'],
    ['TLS', '\u0016\u0003\u0001\u0002\u0000\r\n\r\n', 400, 'bad_request'],
    [
      'two lengths',
      'POST /v1/credential/get HTTP/1.1\r\nHost: keyhold\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'bad_request',
    ],
    [
      'endless header fields',
      `GET /v1/status HTTP/1.1\r\nHost: keyhold\r\nX: ${'x'.repeat(9000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
  ];

  it.each(requests)('%s', async (_what, request, status, code) => {
    const answer = await sendRaw(socketPath, request);
    expect({ status: answer.status, code: errorCode(answer.body) }).toEqual({ status, code });
    expect(answer.headers.toLowerCase()).toContain('connection: close');
  });

  it('a body of more than 64 KiB, with or without a length', async () => {
    const body = 'x'.repeat(64 * 1024 + 1);
    const chunked =
      'POST /v1/credential/get HTTP/1.1\r\nHost: keyhold\r\nTransfer-Encoding: chunked\r\n\r\n' +
      `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    for (const answer of [
      await post(socketPath, '/v1/credential/get', body),
      await sendRaw(socketPath, chunked),
    ]) {
      expect({ status: answer.status, code: errorCode(answer.body) }).toEqual({
        status: 413,
        code: 'payload_too_large',
      });
    }
    expect((await post(socketPath, '/v1/credential/get', body.slice(1))).status).toBe(400);
  });

  it('a client that takes its time, be it with nothing, header fields, body or reading', async () => {
    addManyContexts(parts);
    const reader = connect(socketPath);
    reader.write('GET /v1/contexts HTTP/1.1\r\nHost: keyhold\r\n\r\n');
    await once(reader, 'readable');
    const senders = [
      '',
      'POST /v1/credential/get HTTP/1.1\r\nHost: key',
      'POST /v1/credential/get HTTP/1.1\r\nHost: keyhold\r\nContent-Length: 21\r\n\r\nregistry',
    ];
    const answers = await Promise.all(senders.map((request) => sendRaw(socketPath, request)));
    expect(answers.map((answer) => [answer.status, errorCode(answer.body)])).toEqual(
      senders.map(() => [408, 'request_timeout']),
    );
    // What it reads only now is what was on its way: the agent has hung up.
    const late = String(Buffer.concat((await reader.toArray()) as Buffer[]));
    const announced = Number(/content-length: (\d+)/i.exec(late)?.[1]);
    expect(late.length).toBeLessThan(announced);
  });

  it('more than 64 connections, until one ends', async () => {
    const open = async (): Promise<Socket> => {
      const socket = connect(socketPath);
      await once(socket, 'connect');
      return socket;
    };
    const sockets = await Promise.all(Array.from({ length: 64 }, open));
    expect((await post(socketPath, '/v1/credential/list', '')).status).toBeNull();
    const [first] = sockets;
    first?.end('GET /v1/status HTTP/1.1\r\nHost: keyhold\r\n\r\n').resume();
    if (first) await once(first, 'close');
    expect((await post(socketPath, '/v1/credential/list', '')).status).toBe(200);
    for (const socket of sockets) socket.destroy();
  });

  it('any noise, with a clear answer and without harm', async () => {
    addContext(parts.parts, { host });
    const line = fc.constantFrom(
      'POST',
      'GET',
      'PUT',
      ' ',
      '/v1/credential/get',
      '/v1/status',
      ' HTTP/1.1',
      '\r\n',
      '\r\n\r\n',
      'Host: keyhold',
      'Host:',
      'Content-Length: 0',
      'Content-Length: -1',
      'Transfer-Encoding: chunked',
      ':',
      '\u0000',
    );
    const noise = fc.array(fc.oneof(line, fc.string({ unit: 'binary-ascii', maxLength: 20 })), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(noise, async (words) => {
        // Ends what the noise may have begun, so that no answer waits for more of it.
        const socket = connect(socketPath).on('error', () => undefined);
        let text = '';
        socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        socket.end(`${words.join('')}\r\n\r\n\r\n`);
        await once(socket, 'close');
        expect(text).toMatch(/^$|^HTTP\/1\.1 [245]\d\d /);
        expect(text).not.toContain('eyJ');
      }),
      { numRuns: 300 },
    );
    expect((await post(socketPath, '/v1/credential/get', host)).status).toBe(200);
  });
});

it('answers 64 callers at once', async () => {
  addContext(parts.parts, { host });
  const calls = Array.from({ length: 64 }, () => post(socketPath, '/v1/credential/get', host));
  const answers = await Promise.all(calls);
  expect(answers.map((answer) => answer.status)).toEqual(calls.map(() => 200));
  expect(new Set(answers.map((answer) => answer.body)).size).toBe(64);
});

it('survives a caller that goes away in the middle', async () => {
  const leaver = connect(socketPath);
  await once(leaver, 'connect');
  leaver.write('POST /v1/credential/get HTTP/1.1\r\nHost: keyhold\r\nContent-Length: 100\r\n\r\nhalf');
  leaver.destroy();
  await once(leaver, 'close');
  expect((await post(socketPath, '/v1/credential/list', '')).status).toBe(200);
});
