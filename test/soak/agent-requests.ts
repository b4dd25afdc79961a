import { once } from 'node:events';
import { connect } from 'node:net';
import * as fc from 'fast-check';
import { agentParts } from '../unit/main/agent/agent-parts.ts';
import { addContext } from '../unit/main/registries/add-context.ts';
import { runCases } from './run-cases.ts';
import type { SoakPart } from './tally.ts';

const registry = 'registry.example:5000';

const credentialPaths = ['get', 'store', 'erase', 'list'].map((action) => `/v1/credential/${action}`);
/** The paths there are, and their methods. */
const methods: Readonly<Record<string, string>> = {
  ...Object.fromEntries(credentialPaths.map((path) => [path, 'POST'])),
  '/v1/status': 'GET',
  '/v1/contexts': 'GET',
  '/v1/token': 'POST',
  '/v1/command': 'POST',
};
const otherPaths = [
  ...['/', '*', '/v1', '/v1/', '/V1/status', '//v1/status', '/v1/status?x', '/v1/status/', '/v1/credential/'],
  ...[
    '/v1/credential/GET',
    '/v1/credential/get?x',
    '/v1/credential/../status',
    '/v1/%73tatus',
    '/v1/credential/dump',
  ],
  ...['/__proto__', '/constructor', 'http://keyhold/v1/status', `/${'a'.repeat(2000)}`],
];
const bodies = [
  ...[
    registry,
    registry.toUpperCase(),
    `https://${registry}/v1/`,
    'other.example',
    'two words',
    '',
    '{}',
    '{"ttl":"1m"}',
  ],
  ...[
    '{"ttl":7}',
    '[]',
    '{',
    'status\n',
    'token\n',
    'token\n--json\n',
    'history\n--limit\n3\n',
    'no\n',
    '\0',
    'é',
  ],
  'x'.repeat(65 * 1024),
];

const usually = <T>(usual: T, ...rare: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...rare) });

const request = fc.record({
  path: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...Object.keys(methods)) },
    { weight: 1, arbitrary: fc.constantFrom(...otherPaths) },
  ),
  method: usually('the right one', 'GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'),
  host: usually<string | null>(
    'keyhold',
    null,
    'Keyhold',
    'localhost',
    'keyhold:80',
    'keyhold.attacker.example',
    '',
  ),
  origin: usually<string | null>(null, 'https://attacker.example', 'null', 'keyhold'),
  accept: fc.constantFrom(null, '*/*', 'application/x-keyhold-helper'),
  caller: fc.constantFrom(null, null, '1', '-1', 'me', '99999999999'),
  expect: usually<string | null>(null, '100-continue', 'a miracle'),
  framing: usually('length', 'chunked', 'none'),
  body: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...bodies.slice(0, 3), '', '{}', 'token\n') },
    { weight: 3, arbitrary: fc.constantFrom(...bodies) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  ),
  /** A stretch of all that is sent, and what stands there instead. */
  noise: fc.oneof(
    { weight: 3, arbitrary: fc.constant(null) },
    {
      weight: 2,
      arbitrary: fc.record({
        at: fc.nat(),
        length: fc.nat(12),
        text: fc.oneof(
          fc.constantFrom(
            '\r\n',
            '\n',
            '\r\n\r\n',
            '\0',
            ':',
            ' ',
            'Origin: x\r\n',
            'Content-Length: 7\r\n',
            'HTTP/2',
          ),
          fc.string({ unit: 'binary-ascii', maxLength: 12 }),
        ),
      }),
    },
  ),
});
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

const methodOf = ({ method, path }: Request): string =>
  method === 'the right one' ? (methods[path] ?? 'GET') : method;

function bytesOf(given: Request): Buffer {
  const { path, host, origin, accept, caller, expect, framing, body, noise } = given;
  const length = Buffer.byteLength(body);
  const fields = [
    `${methodOf(given)} ${path} HTTP/1.1`,
    ...(host === null ? [] : [`Host: ${host}`]),
    ...(origin === null ? [] : [`Origin: ${origin}`]),
    ...(accept === null ? [] : [`Accept: ${accept}`]),
    ...(caller === null ? [] : [`Keyhold-Caller: ${caller}`]),
    ...(expect === null ? [] : [`Expect: ${expect}`]),
    ...(framing === 'length' ? [`Content-Length: ${String(length)}`] : []),
    ...(framing === 'chunked' ? ['Transfer-Encoding: chunked'] : []),
  ];
  const end = length === 0 ? '0\r\n\r\n' : `${length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  const sent = { length: body, chunked: end, none: '' }[framing];
  const bytes = Buffer.from(`${fields.join('\r\n')}\r\n\r\n${sent}`);
  if (noise === null) return bytes;
  const start = noise.at % bytes.length;
  return Buffer.concat([
    bytes.subarray(0, start),
    Buffer.from(noise.text),
    bytes.subarray(start + noise.length),
  ]);
}

interface Answer {
  status: number;
  fields: string;
  body: string;
}

/** Sends bytes and ends the sending; gives what comes until the agent hangs up, null for nothing. */
async function send(socketPath: string, bytes: Buffer): Promise<Answer | null> {
  const socket = connect(socketPath);
  const chunks: Buffer[] = [];
  // The agent may hang up while there is something left to send.
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.end(bytes);
  await once(socket, 'close');
  const whole = Buffer.concat(chunks).toString('utf8').replace('HTTP/1.1 100 Continue\r\n\r\n', '');
  if (whole === '') return null;
  const [head = '', ...rest] = whole.split('\r\n\r\n');
  const [, status, fields = ''] = /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n(.*)$/s.exec(head) ?? [];
  if (status === undefined) throw new Error(`this is no HTTP answer: ${whole}`);
  return { status: Number(status), fields: fields.toLowerCase(), body: rest.join('\r\n\r\n') };
}

/** What the path and the rest of a request are answered with when nothing of it is noise. */
function statusOf(given: Request): number {
  const { path, host, origin, framing, body } = given;
  const wanted = methods[path];
  // The script of commands reads words alone.
  const inWords = (status: number): number => (path === '/v1/command' ? 200 : status);
  if (host !== 'keyhold' || origin !== null) return inWords(403);
  if (wanted === undefined) return 404;
  if (methodOf(given) !== wanted) return inWords(405);
  if (framing !== 'none' && Buffer.byteLength(body) > 65_536) return inWords(413);
  return 200;
}

/** Whether there is a right to a token, by what is asked for. Null where the words decide. */
function deservesToken(given: Request): boolean {
  const { path, framing, body } = given;
  const sent = framing === 'none' ? '' : body;
  if (methodOf(given) !== 'POST' || given.host !== 'keyhold' || given.origin !== null) return false;
  if (path === '/v1/credential/get') return sent.toLowerCase().replace(/^https:\/\/|\/.*$/g, '') === registry;
  if (path === '/v1/token') return sent.trim() === '' || ['{}', '{"ttl":"1m"}'].includes(sent);
  return path === '/v1/command' && ['token\n', 'token\n--json\n'].includes(sent);
}

const token = /eyJ[\w-]+\.[\w-]+\.[\w-]+/;
/** Everything that the agent may say. */
const statuses = [200, 400, 403, 404, 405, 408, 409, 413, 423, 431];

function check(given: Request, bytes: Buffer, answer: Answer | null): string {
  if (answer === null) {
    // Node answers nothing where no request has begun.
    if (given.noise === null) throw new Error('there is no answer');
    return 'noise without an answer';
  }
  const { status, fields, body } = answer;
  const hasToken = token.test(body);
  const announced = Number(/^content-length: (\d+)\r?$/m.exec(fields)?.[1]);
  if (!statuses.includes(status)) throw new Error(`the answer is ${String(status)}: ${body}`);
  if (announced !== Buffer.byteLength(body))
    throw new Error(`${String(announced)} bytes were announced: ${body}`);
  if (!/^connection: close/m.test(fields)) throw new Error('the connection is to go on');
  if (given.noise !== null) {
    const text = bytes.toString('latin1');
    const mayHave =
      /(credential\/get|token)/.test(text) && text.includes('keyhold') && !/^origin:/im.test(text);
    if (hasToken && !mayHave) throw new Error(`noise is given a token: ${text}`);
    return hasToken ? 'noise that left a request whole' : 'noise refused';
  }
  if (hasToken !== deservesToken(given))
    throw new Error(`a token is ${hasToken ? 'given' : 'kept back'}: ${body}`);
  const wanted = statusOf(given);
  // Whether words make sense is not said here: 400 to 423 in JSON.
  const isFitting =
    wanted === 200 ? status < 500 && ![403, 404, 405, 413].includes(status) : status === wanted;
  const isUnknownHost = status === 404 && given.path === '/v1/credential/get';
  if (!isFitting && !isUnknownHost)
    throw new Error(`${String(status)} instead of ${String(wanted)}: ${body}`);
  return hasToken ? 'given a token' : wanted === 200 ? 'answered' : 'refused';
}

/** Requests to the agent on its socket, right ones, wrong ones and noise. */
export const agentRequests: SoakPart = {
  name: 'agent',
  count: 1_000_000,
  run: async (count, tally) => {
    const agent = await agentParts();
    try {
      addContext(agent.parts, { host: registry });
      await runCases({ count, tally }, request, async (given) => {
        const bytes = bytesOf(given);
        tally.count(check(given, bytes, await send(agent.socketPath, bytes)));
      });
    } finally {
      await agent.dispose();
    }
  },
};
