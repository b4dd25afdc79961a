import { describe, expect, it } from 'vitest';
import { keyFormSchema } from '../../contracts/domain/key-form.ts';
import { errorCodes } from '../../contracts/errors.ts';
import { errorText } from '../../renderer/lib/error-text.ts';

describe('words for errors', () => {
  it.each(errorCodes)('%s says what happened and what to do, calmly', (code) => {
    const { title, advice } = errorText(code);
    expect(title).toMatch(/^\p{Lu}[^.]+$/u);
    expect(advice).toMatch(/\.$/);
    expect(`${title} ${advice}`).not.toMatch(/!|sorry|apolog|please|oops|undefined|NaN/i);
    expect(`${title} ${advice}`).not.toContain(code);
  });

  it('no two errors have the same title', () => {
    const titles = errorCodes.map((code) => errorText(code).title);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it.each(keyFormSchema.options)('a text that is %s is called so, with what to do about it', (found) => {
    const { title, advice } = errorText('import_unsupported', { found });
    expect(title).toMatch(/^\p{Lu}[^.]+(?:\.p12, \.pfx\))?$/u);
    expect(advice).toMatch(/\.$/);
    expect(title).not.toBe(errorText('import_unsupported').title);
  });

  it('puts the facts of an error into its words', () => {
    expect(errorText('wrong_passphrase', { retryAfterMs: 90_000 }).advice).toBe(
      'Try again in 1 minute 30 seconds.',
    );
    expect(errorText('passphrase_too_short', { minLength: 12 }).advice).toBe('Use 12 characters or more.');
    expect(errorText('invalid_ttl', { maxSeconds: 5400 }).advice).toContain('at most 1h30m');
    expect(errorText('invalid_request', { field: 'name' }).advice).toContain('“name”');
  });
});
