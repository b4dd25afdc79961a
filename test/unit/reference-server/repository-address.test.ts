import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldAddress } from '../../../reference-server/http/repository-address.ts';

const words = ['acme', 'web', 'blobs', 'uploads', 'manifests', 'tags', 'list', 'referrers', 'authorizations'];
const word = fc.constantFrom(...words, 'v2', 'token', '_x', '..', '%2e', 'A', 'g_aaaaaaaaaaaaaaaa');
const name = fc.array(word, { minLength: 1, maxLength: 8 });
const reference = fc.constantFrom('latest', 'uploads', 'list', 'manifests', `sha256:${'a'.repeat(64)}`, '');

/** How a name stands in the router's form. */
function folded(parts: readonly string[]): string {
  return parts.join('%2F');
}

/** Where a registry path's name ends, by its parts from the end; null when it is no route's path. */
function oracleEnd(parts: readonly string[]): number | null {
  const [last, before, third] = [parts.at(-1), parts.at(-2), parts.at(-3)];
  const route =
    before === 'blobs' || before === 'manifests' || before === 'referrers'
      ? 2
      : before === 'tags' && last === 'list'
        ? 2
        : before === 'uploads' && third === 'blobs'
          ? 3
          : null;
  return route === null || parts.length <= route ? null : parts.length - route;
}

describe('an address with a repository’s name', () => {
  it('is split from its end, whatever words the name is made of', () => {
    const ends = ['/manifests/', '/blobs/', '/referrers/', '/blobs/uploads/'];
    fc.assert(
      fc.property(name, fc.constantFrom(...ends), reference, (parts, end, last) => {
        const path = `${end}${last}`;
        expect(foldAddress(`/v2/${parts.join('/')}${path}`)).toBe(`/v2/${folded(parts)}${path}`);
        expect(foldAddress(`/v2/${parts.join('/')}/tags/list`)).toBe(`/v2/${folded(parts)}/tags/list`);
        const grants = `/v1/repos/${parts.join('/')}/authorizations`;
        expect(foldAddress(grants)).toBe(`/v1/repos/${folded(parts)}/authorizations`);
        expect(foldAddress(`${grants}/g_bbbbbbbbbbbbbbbb`)).toBe(
          `/v1/repos/${folded(parts)}/authorizations/g_bbbbbbbbbbbbbbbb`,
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('is split as a naive reader does, and left alone where it is no route’s', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.constant('')), { maxLength: 10 }), (parts) => {
        const end = oracleEnd(parts);
        const expected =
          end === null ? parts.join('/') : [folded(parts.slice(0, end)), ...parts.slice(end)].join('/');
        expect(foldAddress(`/v2/${parts.join('/')}`)).toBe(`/v2/${expected}`);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes %2F for no slash, reads a target in absolute form and leaves the query alone', () => {
    expect(foldAddress('/v2/a%2Fb/c/manifests/x%2fy')).toBe('/v2/a%252Fb%2Fc/manifests/x%252Fy');
    expect(foldAddress('/v2/a%2Fb/%6danifests/x?y=%2F')).toBe('/v2/a%252Fb/%6danifests/x?y=%2F');
    expect(foldAddress('/v1/repos/a%2Fb/c/authorizations')).toBe('/v1/repos/a%2Fb%2Fc/authorizations');
    expect(foldAddress('/v2/a%252Fb/c/manifests/x')).toBe('/v2/a%252Fb%2Fc/manifests/x');
    expect(foldAddress('/v2/a/b/c/tags/list?last=a/b#c/tags/list')).toBe(
      '/v2/a%2Fb%2Fc/tags/list?last=a/b#c/tags/list',
    );
    expect(foldAddress('HTTP://host:1/v2/a/b/c/blobs/d?e')).toBe('/v2/a%2Fb%2Fc/blobs/d?e');
    expect(foldAddress('http://host:1?e')).toBe('/?e');
    for (const other of [
      '/',
      '*',
      '/v2/',
      '/v2/token?scope=repository:a/b:pull',
      '/v1/repos',
      '/dashboard/a/b',
    ]) {
      expect(foldAddress(other)).toBe(other);
    }
  });
});
