import type { FastifyRequest } from 'fastify';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import type { ServerContext } from '../../../../reference-server/context.ts';
import { AllowedBody } from '../../../../reference-server/registry/allowed-body.ts';

/** A body whose sender's rights and whose clock the test moves. */
function newBody() {
  const state = { allowed: true, time: 0, slow: false, asked: 0 };
  const raw = new PassThrough();
  const context = {
    now: () => new Date(state.time),
    connections: {
      allowSlowBody: () => (state.slow = true),
      endSlowBody: () => (state.slow = false),
    },
  };
  const registryGuard = () => {
    state.asked += 1;
    return state.allowed ? Promise.resolve() : Promise.reject(new Error('shut out'));
  };
  const body = new AllowedBody(
    context as unknown as ServerContext,
    { raw, registryGuard } as unknown as FastifyRequest,
  );
  return { state, raw, body, pieces: body[Symbol.asyncIterator]() };
}

it('gives nothing any more a second after its sender was shut out, and may not be slow then', async () => {
  const { state, raw, body, pieces } = newBody();
  expect(state.slow).toBe(true);
  raw.write('one');
  expect(String((await pieces.next()).value)).toBe('one');
  state.allowed = false;
  state.time = 1000;
  const next = pieces.next();
  raw.write('two');
  raw.end('three');
  expect((await next).done).toBe(true);
  expect(state.slow).toBe(false);
  // Shut out is shut out: what lay between is missing.
  state.allowed = true;
  await expect(body.confirm()).rejects.toThrow('shut out');
});

it('gives everything to its end while its sender has the right, and asks seldom', async () => {
  const { state, raw, body, pieces } = newBody();
  for (let count = 0; count < 100; count += 1) {
    raw.write('a');
    expect(String((await pieces.next()).value)).toBe('a');
    state.time += 20;
  }
  raw.end();
  expect((await pieces.next()).done).toBe(true);
  expect(state.asked).toBe(1);
  await body.confirm();
  expect(state.asked).toBe(2);
});
