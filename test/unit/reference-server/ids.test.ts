import { describe, expect, it } from 'vitest';
import { userIdSchema } from '../../../contracts/server-api/primitives.ts';
import { base32, newId } from '../../../reference-server/identity/ids.ts';
import { orgOfRepository } from '../../../reference-server/identity/repository-name.ts';

describe('base32', () => {
  // RFC 4648, section 10, in lower case and without padding.
  it.each([
    ['', ''],
    ['f', 'my'],
    ['fo', 'mzxq'],
    ['foo', 'mzxw6'],
    ['foob', 'mzxw6yq'],
    ['fooba', 'mzxw6ytb'],
    ['foobar', 'mzxw6ytboi'],
  ])('of "%s" is "%s"', (text, encoded) => {
    expect(base32(Buffer.from(text))).toBe(encoded);
  });
});

describe('ids', () => {
  it('are as the contract says and differ', () => {
    expect(userIdSchema.safeParse(newId('u')).success).toBe(true);
    expect(newId('r')).not.toBe(newId('r'));
  });
});

describe('repository names', () => {
  it.each(['acme/web', 'acme/team/app', 'acme/a.b_c-d__e', 'a1/0'])('%s is allowed', (name) => {
    expect(orgOfRepository(name)).toBe(name.split('/')[0]);
  });

  it.each([
    'acme',
    'acme/',
    '/web',
    'acme//web',
    'Acme/web',
    'acme/../etc',
    'acme/web\n',
    'acme/-web',
    'acme/we b',
    'a_b/web',
    '-acme/web',
    `acme/${'x'.repeat(255)}`,
  ])('%j is refused', (name) => {
    expect(orgOfRepository(name)).toBeNull();
  });
});
