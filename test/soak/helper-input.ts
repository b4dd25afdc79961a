import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import * as fc from 'fast-check';
import { runHelperMode } from '../../main/agent/helper-mode.ts';
import { credentialActions } from '../../main/agent/helper-reply.ts';
import { installHelper } from '../support/helper-programs.ts';
import { runTool, type ToolResult } from '../support/registry-tools.ts';
import { agentParts, type AgentParts } from '../unit/main/agent/agent-parts.ts';
import { addContext } from '../unit/main/registries/add-context.ts';
import { runCases } from './run-cases.ts';
import type { SoakPart, Tally } from './tally.ts';

const host = 'registry.example:5000';
/** Names of the host as clients send them, and everything else that is none. */
const names = [host, host.toUpperCase(), `https://${host}`, `https://${host}/v1/`, ` ${host}\n`];
const others = [
  'other.example',
  `${host}0`,
  `a.${host}`,
  `${host}\n${host}`,
  `user@${host}`,
  '{"',
  '\0',
  '\u001b',
  '\n',
];

const word = fc.constantFrom(...names, ...others).map((each) => Buffer.from(each));
const noise = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes));
const large = fc
  .tuple(noise, fc.constantFrom(30_000, 65_536, 65_537, 200_000, 1_100_000))
  .map(([pattern, length]) => Buffer.alloc(length, pattern));
/** Anything that may stand on standard input, in pieces of any size. */
const pieces = fc.oneof(
  { weight: 3, arbitrary: word.map((each) => [each]) },
  {
    weight: 3,
    arbitrary: fc.array(
      fc.oneof(
        { weight: 24, arbitrary: word },
        { weight: 12, arbitrary: noise },
        { weight: 1, arbitrary: large },
      ),
      { maxLength: 3 },
    ),
  },
);

/** Of so many cases one also goes to the script, which is a process of its own each time. */
const perScript = 500;

const helperCase = fc.record({
  action: fc.constantFrom(...credentialActions),
  pieces,
  byScript: fc.noBias(fc.nat(perScript - 1)).map((number) => number === 0),
});

async function runInApp(
  agent: AgentParts,
  action: string,
  input: readonly Uint8Array[],
): Promise<ToolResult> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const written = Promise.all([text(stdout), text(stderr)]);
  const code = await runHelperMode({
    args: [action],
    stdin: Readable.from(input),
    stdout,
    stderr,
    socketPath: agent.socketPath,
    version: '1.2.3',
  });
  stdout.end();
  stderr.end();
  const [out, err] = await written;
  return { code, stdout: out, stderr: err };
}

/** Whether the input names the host: written down once more, in the plainest way. */
function namesHost(input: Buffer): boolean {
  const [, rest = ''] = /^(?:https?:\/\/)?(.*)$/s.exec(input.toString('utf8').trim().toLowerCase()) ?? [];
  return (
    input.length <= 65_536 && (rest === host || ['/', '?', '#'].some((mark) => rest.startsWith(host + mark)))
  );
}

function require(holds: boolean, what: string, seen: unknown): void {
  if (!holds) throw new Error(`${what}: ${JSON.stringify(seen)}`);
}

const line = /^[^\n\0\u001b]+\n$/;

/** Answers are in the form of the protocol, and there is a credential for the host alone. */
function checkAnswer(action: string, isHost: boolean, result: ToolResult): void {
  const { code, stdout, stderr } = result;
  require(stderr === '' || line.test(stderr), 'standard error is not one line', result);
  switch (action) {
    case 'get': {
      if (!isHost) {
        require(code === 1, 'a host that is not there is found', result);
        require(stdout === 'credentials not found in native keychain\n', 'the client cannot go on', result);
        require(stderr !== '', 'it does not say why', result);
        return;
      }
      const { Secret: secret } = JSON.parse(stdout) as { Secret?: unknown };
      const isToken = typeof secret === 'string' && /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(secret);
      require(code === 0 && isToken && line.test(stdout), 'there is no credential', result);
      return;
    }
    case 'list':
      require(code === 0 &&
        host in (JSON.parse(stdout) as object), 'the list does not name the host', result);
      return;
    default:
      require(code === 0 && stdout === '', `${action} has an answer`, result);
  }
}

const withoutSecrets = ({ code, stdout, stderr }: ToolResult): unknown => ({
  code,
  stderr,
  stdout: stdout.replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/, '[token]'),
});

function countAnswer(action: string, isHost: boolean, tally: Tally): void {
  tally.count(action === 'get' ? `get ${isHost ? 'answered' : 'refused'}` : action);
}

/** What stands on the standard input of the credential helper, to the real agent: by helper mode, and by the script. */
export const helperInput: SoakPart = {
  name: 'helper',
  count: 1_000_000,
  run: async (count, tally) => {
    const agent = await agentParts();
    const home = mkdtempSync(join(tmpdir(), 'keyhold-soak-'));
    try {
      addContext(agent.parts, { host });
      const script = await installHelper(home, '/no/app');
      await runCases({ count, tally }, helperCase, async ({ action, pieces: given, byScript }) => {
        const input = Buffer.concat(given);
        const isHost = namesHost(input);
        const result = await runInApp(agent, action, given);
        checkAnswer(action, isHost, result);
        countAnswer(action, isHost, tally);
        if (!byScript) return;
        const same = await runTool(home, script, [action], { XDG_RUNTIME_DIR: agent.folder }, input);
        const [one, other] = [withoutSecrets(result), withoutSecrets(same)].map((each) =>
          JSON.stringify(each),
        );
        require(one === other, 'the script answers otherwise', [result, same]);
        tally.count('by the script too');
      });
    } finally {
      await agent.dispose();
      rmSync(home, { recursive: true });
    }
  },
};
