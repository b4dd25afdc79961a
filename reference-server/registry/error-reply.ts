import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from '../http/api-error.ts';
import { isFastifyError } from '../http/to-api-error.ts';
import { issueWords } from '../http/validation-words.ts';
import { DistributionError, digestInvalid, nameInvalid } from '../http/distribution-error.ts';
import type { DistributionErrorCode } from '../http/distribution-error.ts';

const codeOfStatus: Readonly<Record<number, DistributionErrorCode>> = {
  401: 'UNAUTHORIZED',
  403: 'DENIED',
  404: 'NAME_UNKNOWN',
  429: 'TOOMANYREQUESTS',
};

/** Any error of a request under `/v2` in the form that registry clients read; what is not expected tells nothing. */
export function toDistributionError(error: unknown, request: FastifyRequest): DistributionError {
  if (error instanceof DistributionError) return error;
  if (error instanceof ApiError) return fromApiError(error);
  if (isDiskFull(error)) {
    const message =
      'The disk of the server is full: nothing of this request was kept. Push again from the beginning when its ' +
      'operator has made room.';
    return new DistributionError(507, 'UNKNOWN', message);
  }
  if (request.raw.destroyed && !request.raw.complete) {
    return new DistributionError(400, 'BLOB_UPLOAD_INVALID', 'The body broke off before its end.');
  }
  if (isFastifyError(error)) {
    if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
      return new DistributionError(415, 'UNSUPPORTED', 'Send the form as application/x-www-form-urlencoded.');
    }
    if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
      return new DistributionError(413, 'SIZE_INVALID', 'The form is too large.');
    }
    if (error.validation !== undefined) return fromValidation(error, request);
    if (error.statusCode !== undefined && error.statusCode < 500) {
      return new DistributionError(error.statusCode, 'UNSUPPORTED', 'The request is malformed.');
    }
  }
  return new DistributionError(500, 'UNKNOWN', 'Something went wrong in the server. Its log says more.');
}

function fromApiError(error: ApiError): DistributionError {
  const headers =
    error.retryAfterSeconds === undefined ? {} : { 'retry-after': String(error.retryAfterSeconds) };
  const code = codeOfStatus[error.status] ?? (error.status < 500 ? 'UNSUPPORTED' : 'UNKNOWN');
  return new DistributionError(error.status, code, error.message, { headers });
}

/** The schemas of the routes say in which parameter the fault is; each parameter has its own error code. */
function fromValidation(error: FastifyError, request: FastifyRequest): DistributionError {
  const field = error.validation?.[0]?.instancePath.split('/')[1] ?? '';
  const message = error.validation?.[0]?.message ?? 'Is not allowed';
  switch (field) {
    case 'name':
      return nameInvalid(request.method);
    case 'digest':
      return digestInvalid(
        textOf(error.validationContext === 'params' ? request.params : request.query, 'digest'),
      );
    default:
      return new DistributionError(
        400,
        'UNSUPPORTED',
        `The request is refused: ${issueWords({ path: field === '' ? [] : [field], message })}.`,
      );
  }
}

function textOf(values: unknown, key: string): string {
  const value: unknown = typeof values === 'object' && values !== null ? Reflect.get(values, key) : undefined;
  return typeof value === 'string' ? value : '';
}

/** As the file system, SQLite and PostgreSQL (`disk_full`) say it. */
const diskFull: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'SQLITE_FULL', '53100'];

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && diskFull.includes(error.code);
}

/** The error handler of everything under `/v2`. */
export function replyWithError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = toDistributionError(error, request);
  if (refusal.status >= 500) request.log.error({ err: error }, 'registry request failed');
  return reply.code(refusal.status).headers(refusal.headers).send(refusal.toBody());
}
