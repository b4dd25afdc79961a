import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kisenonSchema, kisenonSettings } from '../../../reference-server/config/kisenon.ts';
import { isAllowed } from '../../../reference-server/identity/allow-list.ts';

/** Few names and domains, some of which look like others, so that lists and addresses often meet. */
const locals = ['maya', 'may', 'maya+x', '*', 'm*', 'a', '"x@acme.example"', 'mayak', 'maya\u212a'];
const domains = ['acme.example', 'mail.acme.example', 'evilacme.example', 'acme.example.evil', 'acme', '*'];
const anyCase = fc
  .tuple(fc.constantFrom(...locals), fc.constantFrom(...domains), fc.boolean())
  .map(([local, domain, upper]) => (upper ? `${local}@${domain}`.toUpperCase() : `${local}@${domain}`));
const entry = fc.oneof(
  anyCase.map((text) => text.toLowerCase()),
  fc.constantFrom(...domains).map((domain) => `*@${domain}`),
);

/** Character by character, without a look at lists or regular expressions. */
function naively(entries: readonly string[], email: string): boolean {
  const plain = Array.from(email, (letter) =>
    letter >= 'A' && letter <= 'Z' ? letter.toLowerCase() : letter,
  ).join('');
  const parts = plain.split('@');
  const domain = parts.at(-1) ?? '';
  const local = parts.slice(0, -1).join('@');
  if (parts.length < 2 || local === '') return false;
  return entries.some((each) => {
    const [name, ...rest] = each.split('@');
    if (name === '*' && rest.length === 1 && rest[0] === domain) return true;
    return each === plain;
  });
}

describe('the allow-list', () => {
  it('lets in who is on it, by address or domain, and nobody else', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 4 }), anyCase, (list, email) => {
        expect(isAllowed(list, email)).toBe(naively(list, email));
      }),
      { numRuns: 2_000 },
    );
  });

  it('lets everybody in where there is none, and nobody where it is empty', () => {
    fc.assert(
      fc.property(fc.oneof(anyCase, fc.string()), (email) => {
        expect([isAllowed(null, email), isAllowed([], email)]).toEqual([true, false]);
      }),
    );
  });

  it.each([
    ['*@acme.example', 'x@mail.acme.example'],
    ['*@acme.example', 'x@evilacme.example'],
    ['*@acme.example', 'x@acme.example.evil'],
    ['*@acme.example', '"x@acme.example"@evil.example'],
    ['*@acme.example', '@acme.example'],
    ['*@acme.example', 'acme.example'],
    ['*@acme.example', 'x@acme.example '],
    ['mayak@acme.example', 'maya\u212a@acme.example'],
    ['maya@acme.example', '*@acme.example'],
  ])('%s does not let %s in', (allowed, email) => {
    expect(isAllowed([allowed], email)).toBe(false);
  });

  it('is read from the configuration in any letter case', () => {
    const input = kisenonSchema.parse({ allowlist: ['*@ACME.example', 'Priya@Northwind.Example'] });
    const { allowlist } = kisenonSettings(input);
    expect([
      isAllowed(allowlist, 'Maya@acme.EXAMPLE'),
      isAllowed(allowlist, 'priya@northwind.example'),
    ]).toEqual([...[true, true]]);
  });

  it.each([
    'acme.example',
    '*',
    '**@acme.example',
    'm*@acme.example',
    '@acme.example',
    'a b@acme.example',
    '*@',
    'a@b@c',
  ])('of a configuration refuses %s', (pattern) => {
    expect(kisenonSchema.safeParse({ allowlist: [pattern] }).success).toBe(false);
  });
});
