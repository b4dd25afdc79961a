import { PassThrough, Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHelperMode } from '../../../../main/agent/helper-mode.ts';
import { formatReply, parseReply } from '../../../../main/agent/helper-reply.ts';
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
    args: [action],
    stdin: Readable.from([host]),
    stdout,
    stderr,
    socketPath,
    version: '1.2.3',
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
