import type { ZodError } from 'zod';
import { issueWords } from '../validation-words.ts';

/** The first fault a schema found, as a clause such as `"alg" must be "Ed25519" or "EdDSA"`; never repeats the value. */
export function firstIssue(error: ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? 'it is malformed' : issueWords(issue);
}
