import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { returnPath, signInPath } from '../../../reference-server/web/return-to.ts';

const origin = 'http://127.0.0.1:8970';

describe('where a sign-in leads', () => {
  it.each([
    '/',
    '/orgs/acme/members',
    '/cli/authorize?redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2F&state=a%2Fb',
  ])('is a page of this server: %s', (path) => {
    expect(returnPath(origin, path)).toBe(path);
  });

  it.each([
    ...[
      '',
      'orgs',
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      '\\\\evil.example',
      '/\t/evil.example',
    ],
    ...[
      '/\n/evil.example',
      ' //evil.example',
      '/ok\r\nset-cookie: a=b',
      'javascript:alert(1)',
      '/.//evil.example',
    ],
    ...[
      '/orgs/..//evil.example',
      '/%2e//evil.example',
      '/a\u0000b',
      '/ä',
      `/${'a'.repeat(4_000)}`,
      undefined,
      ['/orgs'],
      7,
    ],
  ])('is never %j', (address) => {
    expect(returnPath(origin, address)).toBeNull();
  });

  it('is on this server whatever is asked for, and as a browser reads it', () => {
    const parts = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '%2e',
      '%2f',
      '%5c',
      '@',
      ':',
      '?',
      '#',
      '\t',
      '\n',
      'evil.example',
      'a',
      ' ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(parts).map((each) => each.join('')),
        ),
        (address) => {
          const path = returnPath(origin, address);
          if (path === null) return;
          expect(new URL(path, origin).origin).toBe(origin);
          expect(path).toMatch(/^\/(?![/\\])/);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('is not in the address of the sign-in where it leads there by itself', () => {
    expect(signInPath(origin, '/dashboard/keys?next=//evil.example')).toBe('/login');
    expect(signInPath(origin, '/orgs/acme/keys?q=a')).toBe('/login?return_to=%2Forgs%2Facme%2Fkeys%3Fq%3Da');
  });
});
