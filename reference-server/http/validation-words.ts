import { z } from 'zod';
import { printable } from '../../contracts/domain/printable.ts';

type RawIssue = z.core.$ZodRawIssue;

const typeWords: Readonly<Record<string, string>> = {
  string: 'Must be text',
  number: 'Must be a number',
  int: 'Must be a whole number',
  boolean: 'Must be true or false',
  object: 'Must be an object with fields',
  array: 'Must be a list',
};

const formatWords: Readonly<Record<string, string>> = {
  email: 'Must be an email address such as maya@example.com',
  url: 'Must be a whole address such as https://keyhold.example',
  datetime: 'Must be a time in UTC such as 2026-11-24T08:15:00Z',
};

/**
 * The words for what a schema refuses, where the schema has none of its own: what the value must be, for people. They
 * never repeat the value. Whoever shows an issue's message imports this module, so that no other words are shown.
 */
function words(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'Is missing' : (typeWords[issue.expected] ?? anotherValue);
    case 'invalid_format':
      return formatWords[issue.format] ?? anotherValue;
    case 'invalid_value':
      return `Must be ${listed(issue.values.map((value) => JSON.stringify(value)))}`;
    case 'too_small':
      return sizeWords('at least', issue.origin, Number(issue.minimum));
    case 'too_big':
      return sizeWords('at most', issue.origin, Number(issue.maximum));
    case 'unrecognized_keys':
      return `Has unknown fields: ${issue.keys
        .slice(0, 5)
        .map((key) => JSON.stringify(printable(key, longestName)))
        .join(', ')}`;
    case 'custom':
    case 'invalid_element':
    case 'invalid_key':
    case 'invalid_union':
    case 'not_multiple_of':
      return anotherValue;
  }
}

/** Names of fields that callers made up are repeated only so far. */
const longestName = 100;

const anotherValue = 'Is not of the form that is asked for';

function sizeWords(bound: 'at least' | 'at most', origin: string, size: number): string {
  const units: Readonly<Record<string, string>> = { string: 'character', array: 'entry', set: 'entry' };
  const unit = units[origin];
  if (unit === undefined) return `Must be ${bound} ${String(size)}`;
  if (bound === 'at least' && size === 1) return 'Must not be empty';
  const plural = unit === 'entry' ? 'entries' : 'characters';
  return `Must have ${bound} ${String(size)} ${size === 1 ? unit : plural}`;
}

function listed(values: readonly string[]): string {
  return values.length <= 1 ? values.join('') : `${values.slice(0, -1).join(', ')} or ${values.at(-1) ?? ''}`;
}

z.config({ localeError: words });

/** An issue as the end of a sentence: `"iss" must be a user id such as u_…`. Never repeats the value. */
export function issueWords({ path, message }: Pick<z.core.$ZodIssue, 'path' | 'message'>): string {
  const end = message.charAt(0).toLowerCase() + message.slice(1);
  return path.length === 0 ? `it ${end}` : `"${printable(path.map(String).join('.'), longestName)}" ${end}`;
}

/** The first fault a schema found, as a clause such as `"alg" must be "Ed25519" or "EdDSA"`; never repeats the value. */
export function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? 'it is malformed' : issueWords(issue);
}
