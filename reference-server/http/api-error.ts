import { printable } from '../../contracts/domain/printable.ts';
import { statusOfErrorCode } from '../../contracts/server-api/errors.ts';
import type {
  ApiErrorBody,
  ApiErrorCode,
  ApiErrorDetails,
  RefusedBecause,
} from '../../contracts/server-api/errors.ts';

/**
 * What an error may carry beside its code and message. `retryAfterSeconds` goes into `Retry-After`; `cause` into the log
 * alone, where the status is 500 or more.
 */
interface ApiErrorOptions {
  details?: ApiErrorDetails;
  retryAfterSeconds?: number;
  cause?: Error;
}

/**
 * An expected failure of a request: its code is part of the contract, its message tells a person what happened and
 * what to do. Messages never repeat input that may be secret.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ApiErrorCode;
  readonly status: number;
  readonly details: ApiErrorDetails | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ApiErrorCode, message: string, options: ApiErrorOptions = {}) {
    // Parts of it may be what the caller sent.
    super(printable(message, 1000), options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.status = statusOfErrorCode[code];
    this.details = options.details;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** The error in the form of the contract (`{error: {code, message, details?}}`). */
  toBody(): ApiErrorBody {
    return {
      error: {
        code: this.code,
        message: this.message,
        ...(this.details === undefined ? {} : { details: this.details }),
      },
    };
  }
}

/** The answer for a thing that does not exist, or that the caller may not know of. */
export function notFound(what: string, because?: RefusedBecause): ApiError {
  return new ApiError('not_found', `${what} was not found.`, because && { details: { because } });
}
