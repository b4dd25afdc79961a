import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAddresses } from '../../renderer/features/members/addresses.ts';

const word = fc.stringMatching(/^[a-z0-9]{1,8}$/);
const address = fc.tuple(word, word, word).map(([user, host, end]) => `${user}@${host}.${end}`);
const separator = fc.constantFrom(',', ';', '\n', ' ', ', ', ';\n', '\r\n', '\t');
const written = fc.tuple(address, fc.boolean(), word).map(([email, named, name]) => ({
  email,
  text: named ? `${name} B. <${email}>` : email,
}));

describe('pasted addresses', () => {
  it('are found whatever stands between them, each once, in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(address, separator), { maxLength: 20 }), (parts) => {
        const text = parts.map((part) => part.join('')).join('');
        const emails = [...new Set(parts.map(([email]) => email))];
        expect(readAddresses(text)).toEqual({ emails, wrong: [] });
      }),
    );
  });

  it('are read as mail programs copy them, in capitals too', () => {
    fc.assert(
      fc.property(fc.array(written, { maxLength: 10 }), (people) => {
        const text = people.map((person) => person.text.toUpperCase()).join('; ');
        expect(readAddresses(text).emails).toEqual([...new Set(people.map(({ email }) => email))]);
      }),
    );
  });

  it('are never more than what stands there, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const { emails, wrong } = readAddresses(text);
        for (const email of emails) expect(text.toLowerCase()).toContain(email);
        for (const each of wrong) expect(text).toContain(each);
      }),
    );
  });

  it.each([
    ['a@b', [], ['a@b']],
    ['a@b.c.', [], ['a@b.c.']],
    ['<script>alert(1)</script>', [], ['script', '/script']],
    ['jonas at acme', [], ['jonas', 'at', 'acme']],
    [`${'x'.repeat(250)}@b.co`, [], [`${'x'.repeat(250)}@b.co`]],
  ])('are told from %j', (text, emails, wrong) => {
    expect(readAddresses(text)).toEqual({ emails, wrong });
  });
});
