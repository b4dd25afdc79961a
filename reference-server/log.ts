import type { FastifyLoggerOptions, FastifyRequest } from 'fastify';
import { printableJson } from '../contracts/domain/printable.ts';
import { clientAddress } from './http/client-address.ts';
import type { ServerConfig } from './config/config.ts';
import { hideSecrets } from './http/hide-secrets.ts';

/** Names of fields that never reach the log, at whatever depth a log call puts them (three levels are in use). */
const secretFields = [
  'authorization',
  'cookie',
  'password',
  'token',
  'registration_token',
  'secret',
  '_csrf',
  '["set-cookie"]',
];

/**
 * The logger's options: JSON lines on stderr. A request is logged as method, path and address; its query, headers
 * and body are not, since they may hold credentials. Control characters are escaped, so that no path can steer the terminal that shows the log.
 */
export function loggerOptions(config: ServerConfig): FastifyLoggerOptions & { redact: string[] } {
  return {
    level: config.logLevel,
    stream: { write: (line) => process.stderr.write(printableJson(line)) },
    redact: ['', '*', '*.*'].flatMap((parent) => secretFields.map((field) => pathOf(parent, field))),
    serializers: { req: (request) => describeRequest(config, request) },
  };
}

function pathOf(parent: string, field: string): string {
  if (parent === '') return field;
  return field.startsWith('[') ? `${parent}${field}` : `${parent}.${field}`;
}

/** What an invitation's link ends with is a secret. */
const invitationToken = /(\/invitations\/)[A-Za-z0-9_-]{43}(?=\/|$)/;

function describeRequest(config: ServerConfig, request: FastifyRequest) {
  return {
    method: request.method,
    path: hideSecrets(request.originalUrl.split('?', 1)[0] ?? '').replace(invitationToken, '$1…'),
    address: clientAddress(config.trustedProxies, request.raw),
  };
}
