import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLoopbackHost } from '../../../../contracts/domain/origin.ts';
import { KeyholdError } from '../../../../contracts/errors.ts';
import { parseOrigin } from '../../../../main/core/service/origin.ts';

function refusal(address: string): string {
  try {
    return `accepted as ${parseOrigin(address)}`;
  } catch (error) {
    if (error instanceof KeyholdError) return error.code;
    throw error;
  }
}

describe('the origin of what a person types', () => {
  it('has a name of 253 characters and its dot at most', () => {
    const labels = `${'a'.repeat(62)}.`.repeat(4);
    expect(parseOrigin(`${labels}b`)).toBe(`https://${labels}b`);
    expect(refusal(`${labels}bbb`)).toBe('invalid_address');
  });

  it.each([
    ['kheeper.example', 'https://kheeper.example'],
    ['kheeper.example:8443', 'https://kheeper.example:8443'],
    ['kheeper.example:443', 'https://kheeper.example'],
    ['  kheeper.example\n', 'https://kheeper.example'],
    ['HTTPS://Kheeper.Example/dashboard/keys?tab=1#top', 'https://kheeper.example'],
    ['kheeper.example/a@b', 'https://kheeper.example'],
    ['https://192.0.2.7', 'https://192.0.2.7'],
    ['https://[2001:db8::1]:8443', 'https://[2001:db8::1]:8443'],
    ['bücher.example', 'https://xn--bcher-kva.example'],
  ])('%j means %s', (typed, origin) => {
    expect(parseOrigin(typed)).toBe(origin);
  });

  it.each([
    ['localhost:8970', 'http://localhost:8970'],
    ['127.0.0.1:8970', 'http://127.0.0.1:8970'],
    ['127.9.8.7', 'http://127.9.8.7'],
    ['[::1]:8970', 'http://[::1]:8970'],
    ['[0:0:0:0:0:0:0:1]:8970', 'http://[::1]:8970'],
    ['127.1:8970', 'http://127.0.0.1:8970'],
    ['http://localhost:8970/x', 'http://localhost:8970'],
    ['http://127.0.0.1:8970', 'http://127.0.0.1:8970'],
    ['https://localhost:8970', 'https://localhost:8970'],
  ])('on this computer %j means %s', (typed, origin) => {
    expect(parseOrigin(typed)).toBe(origin);
  });

  it.each(['a.localhost:8970', 'localhost.:8970', '[::ffff:7f00:1]:8970', '0.0.0.0:8970'])(
    'has TLS where it only may be on this computer: %s',
    (typed) => {
      expect(parseOrigin(typed)).toBe(`https://${typed}`);
    },
  );

  it.each([
    'http://kheeper.example',
    'http://192.168.1.10:8970',
    'http://127.0.0.1.kheeper.example',
    'http://localhost.kheeper.example',
    'http://a.localhost:8970',
    'http://localhost.:8970',
    'http://0.0.0.0:8970',
    'http://[::]:8970',
    'http://[::2]',
    'http://[::ffff:127.0.0.1]:8970',
    'http://[::127.0.0.1]:8970',
  ])('refuses plain HTTP to another computer: %s', (typed) => {
    expect(refusal(typed)).toBe('insecure_origin');
  });

  it.each([
    '',
    '   ',
    'https://',
    '/path',
    '//kheeper.example',
    ':8970',
    'kheeper.example:0',
    'kheeper.example:99999',
    'two words.example',
    'kheeper\texample',
    'kheeper.example\\@evil.example',
    'user:secret@kheeper.example',
    'https://user@kheeper.example',
    '@kheeper.example',
    'ftp://kheeper.example',
    'file:///etc/passwd',
    'javascript://kheeper.example/%0aalert(1)',
    'javascript:alert(1)',
    'data:text/html,x',
    "kheeper'example",
    'kheeper*example',
    'a..b',
    'https://[::1',
  ])('refuses %j', (typed) => {
    expect(refusal(typed)).toBe('invalid_address');
  });

  it('gives a serialized origin over TLS or on this computer for whatever is typed, or refuses it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.webUrl(), fc.webAuthority()), (typed) => {
        let origin: string;
        try {
          origin = parseOrigin(typed);
        } catch (error) {
          expect(error).toBeInstanceOf(KeyholdError);
          expect(['invalid_address', 'insecure_origin']).toContain((error as KeyholdError).code);
          return;
        }
        const url = new URL(origin);
        expect(url.origin).toBe(origin);
        expect(url.protocol === 'https:' || isLoopbackHost(url.hostname)).toBe(true);
        expect(origin).not.toMatch(/['"\s\\$`@]/);
        expect(parseOrigin(origin)).toBe(origin);
      }),
      { numRuns: 1000 },
    );
  });

  it('leaves path and query of any address out', () => {
    fc.assert(
      fc.property(fc.webUrl({ validSchemes: ['https'], withQueryParameters: true }), (address) => {
        expect(parseOrigin(address)).toBe(new URL(address).origin);
      }),
    );
  });
});

describe('this computer', () => {
  it('is localhost, 127.0.0.0/8 and ::1', () => {
    expect(['localhost', '127.0.0.1', '127.255.0.9', '[::1]'].every(isLoopbackHost)).toBe(true);
    const others = [
      ...['localhost.example', '128.0.0.1', '127.0.0.1.example', '[::2]', '::1', 'LOCALHOST', ''],
      // Only may be: its resolver says where a name is, and the other spellings are nobody's.
      ...['a.localhost', 'localhost.', 'localhost.localdomain', '0.0.0.0', '[::]', '[::ffff:7f00:1]'],
    ];
    expect(others.some(isLoopbackHost)).toBe(false);
  });
});
