import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { OpenAPIBackend } from 'openapi-backend';
import type { Context, Document } from 'openapi-backend';
import { parse } from 'yaml';
import { z } from 'zod';

/*
 * Services that nobody here wrote: they answer as their published OpenAPI documents say, by form. The documents lie
 * beside the project and are not part of it.
 */

const folder = join(import.meta.dirname, '..', '..', '..', 'shared', 'peers');

/** Why a test with this published document cannot run here; null when it can. */
export function noDocument(name: string): string | null {
  const file = join(folder, name);
  return existsSync(file) ? null : `There is no ${file}: the published document is not part of the project.`;
}

/** A service on a port of its own that knows no state: each answer has the document's form and made-up values. */
export interface PublishedService {
  origin: string;
  host: string;
  /** Operations of the document that were asked for, in their order. */
  asked: string[];
  /** Requests that the document refuses, with why. */
  refused: string[];
  /** Requests for addresses and methods that the document does not have. */
  unknown: string[];
  stop: () => Promise<void>;
}

/**
 * A type that may be null, as OpenAPI 3.0 writes it: what makes values up knows no list of types. Beside no type,
 * "nullable" says nothing (OpenAPI 3.0.3, "Schema Object"), and what checks values refuses it.
 */
function nullable(_key: unknown, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (!('type' in value)) {
    const saysNothing = 'nullable' in value && typeof value.nullable === 'boolean';
    return saysNothing
      ? Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'nullable'))
      : value;
  }
  if (!Array.isArray(value.type)) return value;
  const [type] = value.type.filter((one) => one !== 'null') as unknown[];
  return { ...value, type, nullable: true };
}

interface Reply {
  status: number;
  body: unknown;
}

/**
 * Starts a service that answers as a document says.
 *
 * @param values - Members of answers, by the operation that gives them, that a made-up value would not do for; the answer
 * has the document's form all the same.
 * @throws Error where the document is broken.
 */
export async function startPublishedService(
  name: string,
  values: Readonly<Record<string, object>> = {},
): Promise<PublishedService> {
  const definition = parse(readFileSync(join(folder, name), 'utf8'), nullable) as Document;
  const [asked, refused, unknown]: [string[], string[], string[]] = [[], [], []];
  const api = new OpenAPIBackend({
    definition,
    quick: true,
    // Of other formats (int32, int64) anything of the type will do.
    ajvOpts: {
      strict: false,
      logger: false,
      formats: { uuid: isOf(z.uuid()), 'date-time': isOf(z.iso.datetime()) },
    },
  });
  const refuse = (status: number, code: string, list: string[], why: string): Reply => {
    list.push(why);
    return { status, body: { code, message: why } };
  };
  api.registerSecurityHandler('bearer_auth', ({ request }: Context) => {
    const { authorization } = request.headers as IncomingHttpHeaders;
    return /^Bearer \S+$/.test(authorization ?? '');
  });
  for (const [scheme, field] of [
    ['JwtToken', 'x-jwt-token'],
    ['DevToken', 'x-dev-token'],
  ] as const) {
    api.registerSecurityHandler(scheme, ({ request }: Context) => {
      const headers = request.headers as IncomingHttpHeaders;
      return headers[field] !== undefined;
    });
  }
  api.register({
    unauthorizedHandler: ({ operation }: Context) =>
      refuse(401, 'UNAUTHORIZED', refused, `${operation.operationId ?? ''}: without a credential`),
    validationFail: ({ operation, validation }: Context) =>
      refuse(
        400,
        'VALIDATION_ERROR',
        refused,
        `${operation.operationId ?? ''}: ${wordsOf(validation.errors)}`,
      ),
    notFound: ({ request }: Context) =>
      refuse(404, 'NOT_FOUND', unknown, `${request.method} ${request.path}`),
    methodNotAllowed: ({ request }: Context) =>
      refuse(405, 'METHOD_NOT_ALLOWED', unknown, `${request.method} ${request.path}`),
    notImplemented: ({ operation: { operationId: id = '' } }: Context) => {
      asked.push(id);
      return answerOf(api, id, values[id] ?? {});
    },
  });
  await api.init();
  const server = createServer((request, response) => void answer(api, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  return { origin: `http://${host}`, host, asked, refused, unknown, stop };
}

function isOf(schema: z.ZodType): (value: string) => boolean {
  return (value) => schema.safeParse(value).success;
}

/** The first status of success that the document has: left to itself, the library takes what is for errors for one. */
function successOf(api: OpenAPIBackend, id: string): { code: number; hasContent: boolean } {
  const { responses = {} } = api.router.getOperation(id) ?? {};
  const [code = '200'] = Object.keys(responses)
    .filter((status) => status.startsWith('2'))
    .sort();
  const response = responses[code];
  return { code: Number(code), hasContent: response !== undefined && 'content' in response };
}

/** What the document has for an operation, with some members as the test wants them: of its form still. */
function answerOf(api: OpenAPIBackend, id: string, wanted: object): Reply {
  const { code, hasContent } = successOf(api, id);
  if (!hasContent) return { status: code, body: undefined };
  const { status, mock } = api.mockResponseForOperation(id, { code }) as { status: number; mock?: unknown };
  const body: unknown = typeof mock === 'object' ? { ...mock, ...wanted } : mock;
  const { errors } = api.validateResponse(body, id, status);
  if (errors) throw new Error(`${id} cannot answer so: ${wordsOf(errors)}`);
  return { status, body };
}

function wordsOf(errors: Context['validation']['errors']): string {
  return (errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`).join('; ');
}

/** What the document knows of a query: it does not forbid what else stands there. */
function declaredQuery(
  api: OpenAPIBackend,
  asked: Parameters<OpenAPIBackend['matchOperation']>[0],
  params: URLSearchParams,
): string {
  const declared = api.matchOperation(asked)?.parameters ?? [];
  const names = new Set(declared.map((parameter) => ('name' in parameter ? parameter.name : '')));
  return new URLSearchParams([...params].filter(([name]) => names.has(name))).toString();
}

async function answer(
  api: OpenAPIBackend,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', url = '/', headers } = request;
  const { pathname, searchParams } = new URL(url, 'http://service.invalid');
  try {
    const asked = {
      method,
      path: pathname,
      body: await text(request),
      headers: headers as Record<string, string | string[]>,
    };
    const query = declaredQuery(api, asked, searchParams);
    const { status, body } = (await api.handleRequest({ ...asked, query })) as Reply;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body === undefined ? '' : JSON.stringify(body));
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}
