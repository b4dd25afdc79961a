import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { isLoopbackHost, readAuthority } from '../../contracts/domain/origin.ts';
import { ApiError } from './api-error.ts';
import { DistributionError } from './distribution-error.ts';
import { KeeperError } from './keeper-error.ts';
import { isKeeperAddress, isRegistryAddress } from './repository-address.ts';

/** What Node adds to the errors of its parser. */
type ClientError = NodeJS.ErrnoException & { rawPacket?: Buffer; bytesParsed?: number };

/**
 * Answers `Expect: 100-continue` with `100 Continue` only once a handler reads the body, so that a refusal comes instead
 * of the body (RFC 9110, section 10.1.1). A client that is refused may send the body all the same, or not: the
 * connection cannot be used again.
 */
export function continueWhenRead(request: IncomingMessage, response: ServerResponse): void {
  const { shouldKeepAlive } = response;
  response.shouldKeepAlive = false;
  const answer = (event: string | symbol) => {
    if ((event !== 'data' && event !== 'readable') || response.headersSent) return;
    request.off('newListener', answer);
    response.shouldKeepAlive = shouldKeepAlive;
    response.writeContinue();
  };
  request.on('newListener', answer);
}

/** Refuses any other `Expect` (RFC 9110, section 10.1.1). */
export const refuseExpectation: RequestListener = (request, response) =>
  refuse(request, response, 417, 'Nothing but Expect: 100-continue is met here.');

/** A port may be left out, and so may all where the target has no host. */
const hostPattern = /^(?:\[[0-9a-f:.%]*\]|[^\s/?#@:[\]\\]*)(?::\d*)?$/i;

/**
 * Lets requests through that have one well-formed Host header (RFC 9112, section 3.2). Chunks in HTTP/1.0 are refused
 * (section 6.1): a proxy that knows no chunks would see the request end elsewhere. So are several Authorization headers:
 * a proxy may have looked at another one than we would.
 */
export function withSoundHead(handle: RequestListener): RequestListener {
  return (request, response) => {
    const fault = headFault(request);
    if (fault === null) handle(request, response);
    else refuse(request, response, 400, fault);
  };
}

/**
 * For a server whose clients are on its own computer: lets through what was asked by a name of this computer, and refuses
 * the rest (RFC 9110, section 15.5.20). A web page whose own name comes to mean this computer has the browser ask by that
 * name, and a proxy that nobody told the server of does so by the name that others know it by.
 */
export function askedByOwnName(handle: RequestListener): RequestListener {
  return (request, response) => {
    const asked = readAuthority('http', request.headers.host ?? '');
    if (asked !== null && isLoopbackHost(asked.hostname)) handle(request, response);
    else refuse(request, response, 421, otherName);
  };
}

const otherName =
  'This server is for programs on its own computer: ask it by 127.0.0.1, or start it with the --origin that it has for others.';

function headFault({ headers, headersDistinct, httpVersion }: IncomingMessage): string | null {
  const hosts = headersDistinct['host'] ?? [];
  if (hosts.length === 0 && httpVersion === '1.1') return 'The request has no Host header.';
  if (hosts.length > 1 || !hostPattern.test(hosts[0] ?? ''))
    return 'The request needs one Host header with one host in it.';
  if ((headersDistinct['authorization'] ?? []).length > 1)
    return 'The request has more than one Authorization header.';
  if (headers['transfer-encoding'] !== undefined && httpVersion !== '1.1')
    return 'A request in HTTP/1.0 has no Transfer-Encoding.';
  return null;
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number, message: string): void {
  response.shouldKeepAlive = false;
  const body = refusalBody(request.url ?? null, status, message);
  response
    .writeHead(status, { 'content-type': jsonType, 'content-length': Buffer.byteLength(body) })
    .end(body);
}

const jsonType = 'application/json; charset=utf-8';

/** In the form of the API or of the registry, by the address; where that is not known, in both. */
function refusalBody(url: string | null, status: number, message: string): string {
  const ours = new ApiError('invalid_request', message).toBody();
  const registrys = new DistributionError(status, 'UNSUPPORTED', message).toBody();
  if (url !== null && isKeeperAddress(url))
    return JSON.stringify(new KeeperError('INVALID_REQUEST_BODY', message, status).toBody());
  if (url === null) return JSON.stringify({ ...ours, ...registrys });
  return JSON.stringify(isRegistryAddress(url) ? registrys : ours);
}

/** The answer to `CONNECT` (RFC 9110, section 9.3.6), as bytes. */
export function tunnelRefusal(): string {
  return rawAnswer(null, '501 Not Implemented', 'This server is no proxy.');
}

/** Status line and words for what Node's parser refuses, by the error's code. */
const refusals: Readonly<Record<string, readonly [status: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'The address or the headers of the request are too long.',
  ],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['413 Content Too Large', 'The chunk extensions of the body are too long.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The headers of the request did not come in time.'],
  HPE_INVALID_VERSION: ['505 HTTP Version Not Supported', 'Only HTTP/1.1 and HTTP/1.0 are spoken here.'],
  HPE_INVALID_URL: ['400 Bad Request', 'The address in the request is malformed.'],
  HPE_UNEXPECTED_CONTENT_LENGTH: [
    '400 Bad Request',
    'The request says in more than one way how long its body is.',
  ],
  HPE_INVALID_CONTENT_LENGTH: ['400 Bad Request', 'The Content-Length of the request is no length.'],
  HPE_INVALID_TRANSFER_ENCODING: ['400 Bad Request', 'The request cannot have this Transfer-Encoding.'],
  HPE_INVALID_CHUNK_SIZE: ['400 Bad Request', 'The body of the request is not in chunks as it says.'],
  HPE_INVALID_HEADER_TOKEN: ['400 Bad Request', 'A header of the request is malformed.'],
};
/** Faults that the parser found, and requests that did not come in time. */
const httpFault = /^(?:HPE_|ERR_HTTP_)/;

/**
 * What is answered to bytes that are not HTTP, to headers that are too long or too late, to a body that is malformed.
 *
 * @param url - Of the request whose body it is; null where the error came before there was a request.
 * @returns The whole answer as bytes; null where nobody can be answered, such as where even TLS did not come about.
 */
export function clientErrorAnswer(error: ClientError, url: string | null): string | null {
  const { code = '' } = error;
  if (!httpFault.test(code)) return null;
  const target = url ?? targetOf(error);
  if (code === 'HPE_INVALID_METHOD' && target !== null) {
    return rawAnswer(target, '501 Not Implemented', 'The method of the request is not known here.');
  }
  const [status, message] = refusals[code] ?? ['400 Bad Request', 'The request is not HTTP.'];
  return rawAnswer(target, status, message);
}

/** The address in the request line that the parser's error belongs to, as far as it came with the same bytes. */
function targetOf({ rawPacket, bytesParsed = 0 }: ClientError): string | null {
  const packet = rawPacket?.toString('latin1') ?? '';
  const before = packet.slice(0, bytesParsed).trimEnd().lastIndexOf('\r\n\r\n');
  const line =
    packet
      .slice(before < 0 ? 0 : before)
      .trimStart()
      .split('\r\n', 1)[0] ?? '';
  return /^[^\s\0]+ (\S+) HTTP\//.exec(line)?.[1] ?? null;
}

function rawAnswer(url: string | null, status: string, message: string): string {
  const body = refusalBody(url, Number.parseInt(status, 10), message);
  return (
    `HTTP/1.1 ${status}\r\n` +
    `Content-Type: ${jsonType}\r\nContent-Length: ${String(Buffer.byteLength(body))}\r\n` +
    `Connection: close\r\n\r\n${body}`
  );
}
