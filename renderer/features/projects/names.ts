/** What the service takes as the name of a project. */
export const projectNamePattern = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
export const projectNameRule = 'Lower-case letters and digits, with single . _ - between them.';

/** What the service takes as the name of a branch. */
export const branchNamePattern = /^[a-zA-Z0-9]+(?:[._/-][a-zA-Z0-9]+)*$/;
export const branchNameRule = 'Letters and digits, with single . _ - / between them.';

/** A check of a name for a form: what is wrong with it, in words. */
export function nameCheck(pattern: RegExp, rule: string): (name: string) => string | null {
  return (name) => (name.trim() === '' ? 'Enter a name.' : pattern.test(name.trim()) ? null : rule);
}
