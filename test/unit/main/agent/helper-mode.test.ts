import { PassThrough, Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHelperMode } from '../../../../main/agent/helper-mode.ts';
import { credentialActions, formatReply, parseReply } from '../../../../main/agent/helper-reply.ts';
import { normaliseHost } from '../../../../main/core/registries/host.ts';
import { addContext } from '../registries/add-context.ts';
import { agentParts } from './agent-parts.ts';
import type { AgentParts } from './agent-parts.ts';

const host = 'registry.example:5000';

let agent: AgentParts;

beforeAll(async () => {
  agent = await agentParts();
  addContext(agent.parts, { host });
});
afterAll(async () => {
  await agent.dispose();
});

async function run(
  action: string,
  pieces: readonly Uint8Array[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const written = Promise.all([text(stdout), text(stderr)]);
  const { socketPath } = agent;
  const code = await runHelperMode({
    ...{ args: [action], stdin: Readable.from(pieces), stdout, stderr, socketPath, version: '1.2.3' },
  });
  stdout.end();
  stderr.end();
  const [out, err] = await written;
  return { code, stdout: out, stderr: err };
}

/** Anything that may stand on standard input, in pieces of any size: noise, hosts, and hosts among noise. */
const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
const words = fc
  .constantFrom(
    host,
    host.toUpperCase(),
    `https://${host}/v1/`,
    'other.example',
    '\n',
    '\0',
    ' ',
    '{"',
    '\u001b',
  )
  .map((word) => Buffer.from(word));
const large = fc
  .tuple(bytes, fc.constantFrom(30_000, 65_536, 65_537, 200_000))
  .map(([pattern, length]) => Buffer.alloc(length, pattern));
const anyInput = fc.array(fc.oneof({ weight: 4, arbitrary: words }, { weight: 2, arbitrary: bytes }, large), {
  maxLength: 3,
});

const line = /^[^\n\0\u001b]+\n$/;

describe('whatever stands on standard input', () => {
  it('is answered in the form of the protocol, with a credential for the host alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...credentialActions), anyInput, async (action, pieces) => {
        const { code, stdout, stderr } = await run(action, pieces);
        const input = Buffer.concat(pieces);
        const isHost = input.length <= 64 * 1024 && normaliseHost(input.toString('utf8')) === host;
        if (action === 'get' && !isHost) {
          expect({ code, stdout }).toEqual({ code: 1, stdout: 'credentials not found in native keychain\n' });
          expect(stderr).toMatch(line);
          return;
        }
        expect(code).toBe(0);
        if (action === 'store') expect(stderr).toMatch(line);
        else expect(stderr).toBe('');
        if (action === 'store' || action === 'erase') {
          expect(stdout).toBe('');
          return;
        }
        expect(stdout).toMatch(line);
        expect(JSON.parse(stdout)).toHaveProperty(action === 'get' ? 'Secret' : [host]);
      }),
      { numRuns: 300 },
    );
  });
});

it.each([
  ['get', Object.assign(new Error('full'), { code: 'ENOSPC' })],
  ['list', Object.assign(new Error('gone'), { code: 'EPIPE' })],
  ['version', Object.assign(new Error('full'), { code: 'ENOSPC' })],
])('%s that could not be written is no success', async (action, error) => {
  const stdout = new Writable({
    write: (_chunk, _encoding, done) => {
      done(error);
    },
  });
  const stderr = new PassThrough();
  const said = text(stderr);
  const { socketPath } = agent;
  const code = await runHelperMode({
    ...{ args: [action], stdin: Readable.from([host]), stdout, stderr, socketPath, version: '1.2.3' },
  });
  stderr.end();
  expect({ code, said: await said }).toEqual({
    code: 1,
    said: 'Keyhold could not write its answer: standard output is full or closed.\n',
  });
});

describe('the agent’s reply to a helper', () => {
  const oneLine = fc.string({ unit: 'grapheme' }).filter((written) => !written.includes('\n'));

  it('is read as it was written', () => {
    const reply = fc.record({
      exitCode: fc.constantFrom(0 as const, 1 as const),
      hint: oneLine,
      output: oneLine,
    });
    fc.assert(
      fc.property(reply, (written) => {
        expect(parseReply(formatReply(written))).toEqual(written);
      }),
    );
  });

  const noisyReply = fc
    .array(fc.oneof(fc.constantFrom('0 ', '1 ', '\n', 'a'), fc.string({ unit: 'binary-ascii' })), {
      maxLength: 5,
    })
    .map((parts) => parts.join(''));

  it('is not taken for one when it is anything else', () => {
    fc.assert(
      fc.property(noisyReply, (noise) => {
        const reply = parseReply(noise);
        if (reply !== null) expect(formatReply(reply)).toBe(noise);
      }),
    );
    for (const noise of ['', '0', '0 ', '2 \n', '0\n', '0 \n\n', '0 \na\nb\n', '<html>\n']) {
      expect(parseReply(noise)).toBeNull();
    }
  });
});
