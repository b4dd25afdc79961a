import { printable } from '../../contracts/domain/printable.ts';

/** More than a sentence with a path in it, UTF-16 units. */
const longestProblem = 5000;

/** A setting that cannot be used; the message is one line that says which and what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  /** @param message it may hold names and values as they were found */
  constructor(message: string) {
    super(printable(message, longestProblem));
  }
}
