import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAuthority, serializeOrigin } from '../../../contracts/domain/origin.ts';
import { contextsCalls } from '../../../contracts/ipc/contexts.ts';
import { originSchema } from '../../../contracts/server-api/primitives.ts';

describe('the serialized form of an origin', () => {
  it.each([
    ['https://keyhold.example', 'https://keyhold.example'],
    ['HTTPS://Keyhold.EXAMPLE:443/', 'https://keyhold.example'],
    ['http://keyhold.example:80', 'http://keyhold.example'],
    ['https://keyhold.example:80', 'https://keyhold.example:80'],
    ['https://keyhold.example:08443', 'https://keyhold.example:8443'],
    ['https://Bücher.example', 'https://xn--bcher-kva.example'],
    ['https://bu\u0308cher.example/', 'https://xn--bcher-kva.example'],
    ['https://例え.テスト:8443', 'https://xn--r8jz45g.xn--zckzah:8443'],
    ['https://[2001:0DB8:0:0:0:0:0:0001]:8443', 'https://[2001:db8::1]:8443'],
    ['http://[::ffff:127.0.0.1]', 'http://[::ffff:7f00:1]'],
    ['http://127.1:8970', 'http://127.0.0.1:8970'],
    ['http://0x7f000001', 'http://127.0.0.1'],
  ])('of %s is %s', (text, origin) => {
    expect(serializeOrigin(text)).toBe(origin);
    expect(serializeOrigin(origin)).toBe(origin);
    expect(originSchema.safeParse(text).success).toBe(text === origin);
  });

  it.each([
    ...['', 'keyhold.example', 'https:keyhold.example', 'https:///keyhold.example', '//keyhold.example'],
    ...['https://keyhold.example/x', 'https://keyhold.example//', 'https://keyhold.example?', 'https://a#b'],
    ...['https://maya@keyhold.example', 'https://maya:secret@keyhold.example', 'https://@keyhold.example'],
    ...[' https://keyhold.example', 'https://keyhold.example\n', 'https://key\thold.example', 'https://a\\b'],
    ...[
      'https://keyhold.example:',
      'https://keyhold.example:0',
      'https://keyhold.example:65536',
      'https://a:x',
    ],
    ...['https://::1', 'https://[::1', 'https://[fe80::1%25lo]', 'https://a..b', 'https://%00', 'https://'],
    ...['ftp://keyhold.example', 'file:///etc/passwd', 'https://a,b', 'https://a b', 'https://xn--\u00e9'],
  ])('is none for %j', (text) => {
    expect([serializeOrigin(text), originSchema.safeParse(text).success]).toEqual([null, false]);
  });

  it('is the same for all spellings, and its own', () => {
    const letters = fc.constantFrom(
      'a',
      'B',
      'ß',
      'É',
      '1',
      '-',
      '.',
      ':',
      '/',
      '@',
      '[',
      ']',
      '%',
      ' ',
      '八',
    );
    const text = fc.oneof(fc.string({ unit: letters }), fc.webAuthority({ withPort: true }), fc.ipV6());
    fc.assert(
      fc.property(fc.constantFrom('http', 'https'), text, (scheme, authority) => {
        const origin = serializeOrigin(`${scheme}://${authority}`);
        if (origin === null) return;
        expect(serializeOrigin(origin)).toBe(origin);
        expect(serializeOrigin(origin.toUpperCase())).toBe(origin);
        expect(serializeOrigin(`${origin}/`)).toBe(origin);
        expect(new URL(`${scheme}://${authority}`).origin).toBe(origin);
        expect(origin).toMatch(/^https?:\/\/[a-z0-9._:[\]-]+$/);
      }),
      { numRuns: 2000 },
    );
  });

  it('of the longest host is an address that the window may ask for', () => {
    const origin = `https://${`${'a'.repeat(62)}.`.repeat(4)}bb:65535`;
    expect([serializeOrigin(origin), originSchema.safeParse(origin).success]).toEqual([origin, true]);
    const { request } = contextsCalls.discover;
    expect(request.safeParse({ address: origin }).success).toBe(true);
  });

  it('has the host beside it, with and without port', () => {
    expect(readAuthority('https', 'A.example:8443')).toEqual({
      origin: 'https://a.example:8443',
      host: 'a.example:8443',
      hostname: 'a.example',
    });
  });
});
