import type { FastifyError } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { printable } from '../../contracts/domain/printable.ts';
import type { ApiErrorIssue } from '../../contracts/server-api/errors.ts';
import { ApiError } from './api-error.ts';
import { issueWords } from './validation-words.ts';

/**
 * Any error of a request as one of the contract's. What is not expected becomes `internal_error` and tells nothing.
 */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) return validationError(error);
  if (isFastifyError(error)) {
    const known = knownErrors[error.code];
    if (known !== undefined) return known();
    // The framework's own refusals (bad header, bad length); its text may repeat input, so it is not passed on.
    if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
      return new ApiError('invalid_request', 'The request is malformed.');
    }
  }
  return new ApiError('internal_error', 'Something went wrong in the server. Its log says more.');
}

const knownErrors: Record<string, () => ApiError> = {
  FST_ERR_CTP_INVALID_JSON_BODY: () => bodyError('The body is not valid JSON.'),
  FST_ERR_CTP_BODY_TOO_LARGE: () => new ApiError('payload_too_large', 'The body is too large.'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    new ApiError(
      'unsupported_media_type',
      'The content type of the body is not supported; send application/json.',
    ),
  FST_CSRF_MISSING_SECRET: csrfError,
  FST_CSRF_INVALID_TOKEN: csrfError,
};

/** The answer to a form that did not come from our own page, or from one that is too old. */
export function csrfError(): ApiError {
  return new ApiError(
    'csrf_failed',
    'This form is too old or did not come from this server. Reload the page, then try again.',
  );
}

function bodyError(message: string): ApiError {
  return new ApiError('invalid_request', message, { details: { issues: [{ path: 'body', message }] } });
}

/** A small body can be wrong in thousands of places. */
const maxIssues = 10;

function validationError(error: FastifyError): ApiError {
  const where = error.validationContext ?? 'body';
  const found = (error.validation ?? []).flatMap((issue): ApiErrorIssue[] => {
    const path = issue.instancePath.replace(/^\//, '').replaceAll('/', '.');
    const unknownKeys = issue.keyword === 'unrecognized_keys' ? issue.params['keys'] : undefined;
    if (Array.isArray(unknownKeys)) {
      return unknownKeys.slice(0, maxIssues).map((key) => ({
        path: printable(join(path, String(key))),
        message: 'Is not known here',
      }));
    }
    return [{ path: path === '' ? where : printable(path), message: issue.message ?? 'Is not allowed' }];
  });
  const issues = found.slice(0, maxIssues);
  const [first] = issues;
  const message =
    first === undefined
      ? 'The request is malformed.'
      : `The request is refused: ${issueWords({ path: [first.path], message: first.message })}.`;
  return new ApiError('invalid_request', message, { details: { issues } });
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** Whether an error has a code, as those of Fastify have. */
export function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
