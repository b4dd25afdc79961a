import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import http from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { sendContent } from '../../../../reference-server/registry/send-content.ts';

/** More than the system holds of it on its way. */
const content = randomBytes(24 * 1024 * 1024 + 17);

let folder: string;
let file: FileHandle;
let server: http.Server;
let begun: Promise<http.ServerResponse>;
let ended: Promise<unknown>;
let part = { start: 0, length: content.length };
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'keyhold-send-'));
  const name = path.join(folder, 'content');
  await writeFile(name, content);
  file = await open(name);
  let settle: (ended: Promise<unknown>) => void;
  ended = new Promise((resolve) => (settle = resolve));
  let begin: (response: http.ServerResponse) => void;
  begun = new Promise((resolve) => (begin = resolve));
  // It may fail before a test looks.
  ended.catch(() => undefined);
  server = http.createServer((request, response) => {
    if (request.url === '/open') return;
    response.setHeader('content-length', part.length);
    settle(sendContent(response, file, part));
    begin(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await file.close();
  await rm(folder, { recursive: true });
});

async function ask(): Promise<http.IncomingMessage> {
  const request = http.get({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return response;
}

describe('sending a content', () => {
  it.each([
    [0, content.length],
    [0, 0],
    [0, 1],
    [524_288, 524_288],
    [1_000_001, 1_200_003],
    [content.length - 1, 1],
  ])('gives from byte %i on %i bytes', async (start, length) => {
    part = { start, length };
    const body = await buffer(await ask());
    // Not with toEqual, which compares byte by byte.
    expect([body.length, body.equals(content.subarray(start, start + length))]).toEqual([length, true]);
    await ended;
  });

  it('hands on little at once, so that a slow client is seen to read', async () => {
    part = { start: 1, length: 1_000_000 };
    const write = vi.spyOn(http.ServerResponse.prototype, 'write');
    onTestFinished(() => {
      write.mockRestore();
    });
    await buffer(await ask());
    const sizes = write.mock.calls.map(([piece]) => (piece as Buffer).length);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(part.length);
    expect(Math.max(...sizes)).toBe(64 * 1024);
  });

  it('ends with an error when the client hangs up', async () => {
    part = { start: 0, length: content.length };
    const response = await ask();
    response.destroy();
    await expect(ended).rejects.toThrow();
  });

  it('ends with an error when the client hangs up while another answer on the connection is not done', async () => {
    part = { start: 0, length: content.length };
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET /open HTTP/1.1\r\nHost: x\r\n\r\nGET /content HTTP/1.1\r\nHost: x\r\n\r\n');
    const queued = await begun;
    await expect.poll(() => queued.writableLength).toBeGreaterThan(0);
    socket.destroy();
    await expect(ended).rejects.toThrow('hung up');
  });

  it('cuts the answer off when the file is shorter than it should be', async () => {
    part = { start: 10, length: content.length };
    const response = await ask();
    await expect(buffer(response)).rejects.toThrow('aborted');
    await expect(ended).rejects.toThrow('shorter');
  });
});
