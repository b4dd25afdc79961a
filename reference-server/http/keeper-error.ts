import { printable } from '../../contracts/domain/printable.ts';
import { statusOfKeeperError } from '../../contracts/server-api/tkeeper/errors.ts';
import type { KeeperErrorBody, KeeperErrorCode } from '../../contracts/server-api/tkeeper/errors.ts';

/** Longest details, UTF-16 units. */
const longestDetails = 1000;

/** An expected refusal under `/v1/keeper` and `/v2/keeper`. */
export class KeeperError extends Error {
  override readonly name = 'KeeperError';
  readonly code: KeeperErrorCode;
  readonly status: number;
  readonly details: string | null;

  /**
   * @param details - For people: what happened and what to do. Nothing secret.
   * @param status - Another than the code's own.
   */
  constructor(code: KeeperErrorCode, details?: string, status = statusOfKeeperError(code)) {
    super(details ?? code);
    this.code = code;
    this.status = status;
    // Parts of it may be what the caller sent.
    this.details = details === undefined ? null : printable(details, longestDetails);
  }

  /** The error as clients read it. */
  toBody(): KeeperErrorBody {
    return { error: this.code, details: this.details, imposters: [], dead: [] };
  }
}
