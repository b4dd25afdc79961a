import type { ErrorCode, ErrorDetails } from '../../contracts/errors.ts';
import { durationWords } from './format.ts';

export interface ErrorText {
  /** What happened. */
  title: string;
  /** Why, if known, and what to do. */
  advice: string;
}

export type ErrorWording = ErrorText | ((details: ErrorDetails) => ErrorText);

export type ErrorWords = Readonly<Record<ErrorCode, ErrorWording>>;

let words: ErrorWords | null = null;

/** Sets the words of all errors. They belong to the features, which this folder may not import. Called once, before drawing. */
export function setErrorWords(all: ErrorWords): void {
  words = all;
}

/** When to try again, in words. */
export function waitWords({ retryAfterMs = 0 }: ErrorDetails): string {
  const seconds = Math.ceil(retryAfterMs / 1000);
  return seconds === 0 ? 'Try again.' : `Try again in ${durationWords(seconds)}.`;
}

/** The words for an error: what happened, and what to do. */
export function errorText(code: ErrorCode, details: ErrorDetails = {}): ErrorText {
  if (words === null) throw new Error('setErrorWords was not called');
  const wording = words[code];
  return typeof wording === 'function' ? wording(details) : wording;
}

/** What others, or time, set right: a service out of reach may soon be back. */
const passing: ReadonlySet<ErrorCode> = new Set([
  'server_unreachable',
  'another_origin',
  'keeper_sealed',
  'keeper_not_initialized',
]);

/** How serious an error looks. What the person refused is no error. */
export function errorTone(code: ErrorCode): 'info' | 'warning' | 'error' {
  if (code === 'not_confirmed' || code === 'service_not_confirmed') return 'info';
  return passing.has(code) ? 'warning' : 'error';
}
