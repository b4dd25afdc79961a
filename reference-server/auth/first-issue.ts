import type { ZodError } from 'zod';

/** The first fault a schema found, as a fragment such as `"alg" Invalid option…`; never repeats the value. */
export function firstIssue(error: ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'it is malformed';
  if (issue.code === 'unrecognized_keys') return `"${issue.keys.join('", "')}" is not allowed`;
  return issue.path.length === 0 ? issue.message : `"${issue.path.join('.')}": ${issue.message}`;
}
