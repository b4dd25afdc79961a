import { assert, constantFrom, domain, integer, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contextHost, normaliseHost } from '../../../../main/core/registries/host.ts';

/** As long as a name in DNS may be, without the dot at its end. */
const longName = `${'a'.repeat(62)}.`.repeat(4) + 'b';

describe('normaliseHost', () => {
  it.each([
    ['registry.example', 'registry.example'],
    ['registry.example:5000', 'registry.example:5000'],
    ['127.0.0.1:5051', '127.0.0.1:5051'],
    ['[::1]:5000', '[::1]:5000'],
    ['Registry.EXAMPLE:5000', 'registry.example:5000'],
    ['registry.example:5000\n', 'registry.example:5000'],
    ['  registry.example\r\n', 'registry.example'],
    ['https://registry.example', 'registry.example'],
    ['HTTPS://registry.example/', 'registry.example'],
    ['https://index.docker.io/v1/', 'index.docker.io'],
    ['http://localhost:5000/v2/?a=b#c', 'localhost:5000'],
    ['registry.example/org/image', 'registry.example'],
    ['https://registry.example:443/', 'registry.example'],
    ['http://registry.example:80', 'registry.example'],
    ['https://registry.example:80', 'registry.example:80'],
    ['registry.example:443', 'registry.example:443'],
    ['registry.example:80', 'registry.example:80'],
    ['HTTPS://Example.COM:443/', 'example.com'],
    ['[0:0:0:0:0:0:0:1]:5000', '[::1]:5000'],
    ['https://[2001:0DB8::0001]/v2/', '[2001:db8::1]'],
    ['[0:0:0:0:0:0:0:1]:443', '[::1]:443'],
    ['bücher.example:5000', 'xn--bcher-kva.example:5000'],
    ['https://BÜCHER.example/', 'xn--bcher-kva.example'],
    ['127.1:5000', '127.0.0.1:5000'],
    ['registry.example:05000', 'registry.example:5000'],
    [`https://${longName}:65535/v2/`, `${longName}:65535`],
  ])('takes %j for %s', (key, host) => {
    expect(normaliseHost(key)).toBe(host);
  });

  it.each([
    '',
    '   ',
    '\n',
    '/',
    'https://',
    'two words',
    'two\nlines',
    'ftp://registry.example',
    'user@registry.example',
    'registry.example:',
    'registry.example:0',
    'registry.example:65536',
    'registry.example:port',
    '..',
    '{"ServerURL":"registry.example"}',
    'registry.example\u0000',
    '\u001b[31mred',
    'https://user@registry.example',
    '[::1',
    '::1',
    'a'.repeat(256),
  ])('finds no host in %j', (key) => {
    expect(normaliseHost(key)).toBeNull();
  });

  it('gives one host for all spellings of a key', () => {
    const scheme = constantFrom('', 'https://', 'http://', 'HTTPS://');
    const rest = constantFrom('', '/', '/v1/', '/v2/org/image?x=1', '\n', ' ');
    assert(
      property(domain(), integer({ min: 1024, max: 65_535 }), scheme, rest, (name, port, before, after) => {
        const host = `${name}:${port}`;
        expect(normaliseHost(before + host.toUpperCase() + after)).toBe(host.toLowerCase());
      }),
    );
  });

  it('lets nothing through that could end a line or a quoted string', () => {
    assert(
      property(string({ unit: 'binary-ascii' }), (noise) => {
        expect(normaliseHost(noise) ?? 'none').toMatch(/^[a-z0-9._:[\]-]+$/);
      }),
    );
  });
});

describe('contextHost', () => {
  it.each([
    ['registry.example:443', 'registry.example'],
    ['registry:443', 'registry'],
    ['[2001:DB8::1]:443', '[2001:db8::1]'],
    ['https://registry.example:443/v2/', 'registry.example'],
    ['registry.example:80', 'registry.example:80'],
    ['http://registry.example:443', 'registry.example'],
    ['registry.example:8443', 'registry.example:8443'],
    ['registry.example', 'registry.example'],
    // On this computer 443 may be the port of a service without TLS, which is no default one.
    ['localhost:443', 'localhost:443'],
    ['127.0.0.1:443', '127.0.0.1:443'],
    ['[::1]:443', '[::1]:443'],
    ['two words', null],
  ])('of %j is %s', (key, host) => {
    expect(contextHost(key)).toBe(host);
  });
});
