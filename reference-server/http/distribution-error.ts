/**
 * Codes of the distribution error form (OCI distribution specification 1.1, "Error Codes"), and `UNKNOWN` for the
 * server's own faults, to which that list does not apply.
 */
export type DistributionErrorCode =
  | 'BLOB_UNKNOWN'
  | 'BLOB_UPLOAD_INVALID'
  | 'BLOB_UPLOAD_UNKNOWN'
  | 'DENIED'
  | 'DIGEST_INVALID'
  | 'MANIFEST_BLOB_UNKNOWN'
  | 'MANIFEST_INVALID'
  | 'MANIFEST_UNKNOWN'
  | 'NAME_INVALID'
  | 'NAME_UNKNOWN'
  | 'SIZE_INVALID'
  | 'TOOMANYREQUESTS'
  | 'UNAUTHORIZED'
  | 'UNKNOWN'
  | 'UNSUPPORTED';

/** Body of every refusal under `/v2`; the OAuth members only where an OAuth form was posted (RFC 6749, 5.2). */
interface DistributionErrorBody {
  errors: { code: DistributionErrorCode; message: string; detail?: Record<string, unknown> }[];
  error?: string;
  error_description?: string;
}

interface DistributionErrorOptions {
  detail?: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** An expected refusal under `/v2`. The message is shown to people by their client. */
export class DistributionError extends Error {
  override readonly name = 'DistributionError';
  readonly status: number;
  readonly code: DistributionErrorCode;
  readonly detail: Record<string, unknown> | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: DistributionErrorCode,
    message: string,
    options: DistributionErrorOptions = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.detail = options.detail;
    this.headers = options.headers ?? {};
  }

  /** The error as clients read it. */
  toBody(): DistributionErrorBody {
    const detail = this.detail === undefined ? {} : { detail: this.detail };
    return { errors: [{ code: this.code, message: this.message, ...detail }] };
  }
}

/** The one answer for a repository that does not exist and for one that the caller may not know of. */
export function nameUnknown(name: string): DistributionError {
  return new DistributionError(
    404,
    'NAME_UNKNOWN',
    `The repository ${name} is not known here, or you may not see it.`,
  );
}

/**
 * The answer for a name that no repository can have. HEAD has no body to say so in, and clients go on after a 404 to the
 * request that explains it; after anything else they stop and show the bare number.
 */
export function nameInvalid(method: string): DistributionError {
  return new DistributionError(
    method === 'HEAD' ? 404 : 400,
    'NAME_INVALID',
    'A repository name here is the organization and at least one more part, such as acme/web or acme/web/cache: ' +
      'lower-case letters and digits, with single . or _, __ or any number of - between them, 255 characters in all.',
  );
}

/** The answer for a blob that the repository does not have. */
export function blobUnknown(digest: string): DistributionError {
  return new DistributionError(404, 'BLOB_UNKNOWN', 'The repository does not have this blob.', {
    detail: { digest },
  });
}

/** The answer for a digest that is not one. */
export function digestInvalid(text: string): DistributionError {
  return new DistributionError(
    400,
    'DIGEST_INVALID',
    'The digest must be sha256: or sha512: and lower-case hex of the full length.',
    { detail: { digest: text } },
  );
}
