import { request } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import { agentHost, callerField } from './agent-requests.ts';
import type { CredentialAction, HelperReply } from './helper-reply.ts';
import { helperMediaType, isCredentialAction, parseReply, replyWithout } from './helper-reply.ts';
import { socketAddress } from './socket-address.ts';

const usage = 'Usage: docker-credential-keyhold <store|get|erase|list|version>';

const notRunning =
  'Keyhold is not running, or not for this user. Start it, unlock it and run the command again.';
const cannotWrite = 'Keyhold could not write its answer: standard output is full or closed.';
const noAnswer = 'Keyhold did not answer as expected. Restart it and run the command again.';

/** Time until an answer has to be there, milliseconds: longer than a person is given to approve. */
const answerTimeoutMs = 75_000;

/** More than the agent reads; what comes after it is left out. */
const maxInputBytes = 1024 * 1024;

interface HelperMode {
  /** The words behind `--credential-helper`. */
  args: readonly string[];
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
  /** From `agentSocketPath`. */
  socketPath: string;
  version: string;
}

/**
 * The credential helper inside the program, for computers without Perl and curl, or without a POSIX shell. It speaks
 * the same protocol as resources/bin/docker-credential-keyhold, to the byte.
 *
 * @returns the exit code; 1 also where the answer could not be written
 */
export async function runHelperMode(mode: HelperMode): Promise<number> {
  const { exitCode, output, hint } = await replyTo(mode);
  if (output !== '' && !(await write(mode.stdout, `${output}\n`))) {
    await write(mode.stderr, `${cannotWrite}\n`);
    return 1;
  }
  if (hint !== '') await write(mode.stderr, `${hint}\n`);
  return exitCode;
}

async function replyTo(mode: HelperMode): Promise<HelperReply> {
  const [action = '', ...more] = mode.args;
  if (more.length === 0 && isCredentialAction(action)) return askAgent(mode, action);
  if (more.length === 0 && ['version', '-v', '--version'].includes(action)) {
    return { exitCode: 0, hint: '', output: `docker-credential-keyhold (keyhold) ${mode.version}` };
  }
  const isAsked = more.length === 0 && ['help', '-h', '--help'].includes(action);
  return { exitCode: isAsked ? 0 : 1, hint: '', output: usage };
}

/** @returns false where the stream took not all of it */
function write(stream: Writable, text: string): Promise<boolean> {
  return new Promise((resolve) => {
    stream.on('error', () => resolve(false));
    stream.write(text, (error) => resolve(!error));
  });
}

async function askAgent({ stdin, socketPath }: HelperMode, action: CredentialAction): Promise<HelperReply> {
  try {
    const input = action === 'list' ? Buffer.alloc(0) : await readInput(stdin);
    return parseReply(await post(socketPath, action, input)) ?? replyWithout(action, noAnswer);
  } catch (error) {
    return replyWithout(action, isNotServed(error) ? notRunning : noAnswer);
  }
}

async function readInput(stdin: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin as AsyncIterable<Buffer>) {
    if (length <= maxInputBytes) chunks.push(chunk);
    length += chunk.length;
  }
  return Buffer.concat(chunks);
}

async function post(socketPath: string, action: CredentialAction, body: Buffer): Promise<string> {
  const { address, close } = await socketAddress(socketPath);
  return await postTo(address, action, body).finally(close);
}

function postTo(address: string, action: CredentialAction, body: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        socketPath: address,
        path: `/v1/credential/${action}`,
        method: 'POST',
        headers: {
          host: agentHost,
          accept: helperMediaType,
          'content-length': body.length,
          [callerField]: String(process.pid),
        },
        signal: AbortSignal.timeout(answerTimeoutMs),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

/** Nothing listens: no socket, one that was left behind, or one of another user. */
function isNotServed(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return ['ENOENT', 'ECONNREFUSED', 'EACCES', 'ENOTDIR'].includes(String(error.code));
}
