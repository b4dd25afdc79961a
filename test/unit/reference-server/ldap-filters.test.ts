import fc from 'fast-check';
import { FilterParser, SearchFilter } from 'ldapts';
import { describe, expect, it } from 'vitest';
import {
  everybodyFilter,
  groupFilter,
  personFilter,
  subjectFilter,
} from '../../../reference-server/auth/ldap/filters.ts';
import { ldapSettings } from '../../../reference-server/config/ldap.ts';

const settingsOf = (user_filter?: string) =>
  ldapSettings(
    { url: 'ldap://x', base_dn: 'dc=x', ...(user_filter === undefined ? {} : { user_filter }) },
    undefined,
  );

/** Signs that mean something in filters come up often. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...'\\ * ( ) \0 & | ! = ~ < > : { } 0 d'.split(' '), ' '),
    fc.string({ minLength: 1, maxLength: 1 }),
  ),
  minLength: 1,
  maxLength: 30,
});

describe('a filter', () => {
  it('looks for one value, whatever was typed', () => {
    fc.assert(
      fc.property(text, (typed) => {
        const filter = FilterParser.parseString(personFilter(settingsOf(), typed));
        expect(filter).toMatchObject({
          type: SearchFilter.equalityMatch,
          attribute: 'uid',
          value: typed,
        });
      }),
    );
  });

  it('of groups keeps what somebody is called in its values', () => {
    fc.assert(
      fc.property(text, text, (dn, login) => {
        const group = { filter: '(|(member={dn})(memberUid={username}))', baseDn: '', attribute: 'cn' };
        const filter = FilterParser.parseString(groupFilter(group, { dn, login }));
        const tests = [
          { attribute: 'member', value: dn },
          { attribute: 'memberUid', value: login },
        ];
        expect(filter).toMatchObject({ type: SearchFilter.or, filters: tests });
      }),
    );
  });

  it.each([
    ['(memberUid={username})', '(memberUid=lena)'],
    ['(memberUid={1})', '(memberUid=lena)'],
    ['(member={dn})', '(member=uid=lena,dc=x)'],
    ['(member={0})', '(member=uid=lena,dc=x)'],
    ['(member:1.2.840.113556.1.4.1941:={dn})', '(member:1.2.840.113556.1.4.1941:=uid=lena,dc=x)'],
    [
      '(objectClass=group)',
      '(&(objectClass=group)(|(member=uid=lena,dc=x)(uniqueMember=uid=lena,dc=x)(memberUid=lena)))',
    ],
  ])('of groups %s', (filter, filled) => {
    const group = { filter, baseDn: '', attribute: 'cn' };
    expect(groupFilter(group, { dn: 'uid=lena,dc=x', login: 'lena' })).toBe(filled);
  });

  it.each([
    [undefined, '(uid=*)'],
    ['(&(sAMAccountName={0})(!(disabled=TRUE)))', '(&(sAMAccountName=*)(!(disabled=TRUE)))'],
    ['(|(uid={username})(mail={username}@example.com))', '(|(uid=*)(mail=*@example.com))'],
    ['(|(uid={username})(cn=*{username}*))', '(|(uid=*)(cn=*))'],
  ])('of everybody, of %s', (given, everybody) => {
    expect(everybodyFilter(settingsOf(given))).toBe(everybody);
    expect(FilterParser.parseString(everybody)).toBeDefined();
  });

  it('of one of everybody is by what names them for good', () => {
    const uuid = '6f1c2d3e-0000-4000-8000-000000000001';
    expect(subjectFilter(settingsOf(), 'dn:uid=lena,dc=x')).toBe('(uid=*)');
    expect(subjectFilter(settingsOf(), `id:${uuid}`)).toBe(`(&(uid=*)(entryUUID=${uuid}))`);
    expect(subjectFilter(settingsOf(), 'id:00ff2a28')).toBe('(&(uid=*)(objectGUID=\\00\\ff\\2a\\28))');
  });
});
