/**
 * Something that set-up cannot mend by itself: a sentence that says what happened, and the command (or
 * step) that mends it.
 */
export class SetupProblem extends Error {
  /**
   * @param {string} message what happened, as a sentence
   * @param {string} remedy the command to run, or the step to take, without a trailing full stop
   */
  constructor(message, remedy) {
    super(message);
    this.name = 'SetupProblem';
    this.remedy = remedy;
  }
}

/**
 * The text of anything that was thrown, on one line.
 * @param {unknown} error
 * @returns {string}
 */
export function reasonOf(error) {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0] ?? text;
}
