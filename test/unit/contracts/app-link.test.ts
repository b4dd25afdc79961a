import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinLink, readAppLink, readInvitationLink } from '../../../contracts/domain/app-link.ts';

const token = 'aB3_-'.repeat(9).slice(0, 43);
const origin = 'https://kisenon.example';
const good = joinLink({ origin, token });

describe('a link that opens in the app', () => {
  it('is read as it is written, for every origin that the app would contact', () => {
    for (const each of [
      origin,
      'https://kisenon.example:8443',
      'https://xn--bcher-kva.example',
      'https://[2001:db8::1]:8443',
      'http://127.0.0.1:8970',
      'http://[::1]:8970',
      'http://localhost:8970',
    ]) {
      expect(readAppLink(joinLink({ origin: each, token })), each).toEqual({
        kind: 'join',
        origin: each,
        token,
      });
    }
  });

  it('may have the slash that browsers put before its query', () => {
    expect(readAppLink(good.replace('join?', 'join/?'))).toEqual({ kind: 'join', origin, token });
  });

  it.each([
    ['another deed', good.replace('join', 'accept')],
    ['another scheme', good.replace('keyhold', 'https')],
    ['a scheme in capitals', good.replace('keyhold', 'KEYHOLD')],
    ['no token', good.replace(/&token=.*/, '')],
    ['a short token', good.slice(0, -1)],
    ['a long token', `${good}a`],
    ['two tokens', `${good}&token=${token}`],
    ['two origins', good.replace('&token', '&origin=https%3A%2F%2Fevil.example&token')],
    ['one more member', `${good}&accept=1`],
    ['a fragment', `${good}#now`],
    ['a path', good.replace('join?', 'join/now?')],
    ['a user', good.replace('//join', '//me@join')],
    ['a port', good.replace('//join', '//join:1')],
    ['no slashes', good.replace('//', '')],
    ['a line feed at its end', `${good}\n`],
    ['a switch after it', `${good} --no-sandbox`],
    ['plain http to another computer', joinLink({ origin: 'http://kisenon.example', token })],
    [
      'a name that only looks like this computer',
      joinLink({ origin: 'http://localhost.evil.example', token }),
    ],
    ['an origin with a path', joinLink({ origin: `${origin}/v1`, token })],
    ['an origin with a user', joinLink({ origin: 'https://kisenon.example@evil.example', token })],
    ['an origin in capitals', joinLink({ origin: 'https://Kisenon.example', token })],
    ['an origin with its own port', joinLink({ origin: `${origin}:443`, token })],
    ['a name in other letters', joinLink({ origin: 'https://bücher.example', token })],
    ['an origin with a line feed', joinLink({ origin: `${origin}\n`, token })],
    ['half an escape', good.replace('%3A', '%3')],
    ['an escape that is no text', good.replace('%3A', '%FF')],
    ['a script for an origin', joinLink({ origin: 'javascript:alert(1)', token })],
    ['a file for an origin', joinLink({ origin: 'file:///etc/passwd', token })],
    ['a very long text', good.replace('kisenon', 'k'.repeat(100_000))],
  ])('is none with %s', (_what, text) => {
    expect(readAppLink(text)).toBeNull();
  });

  it('says nothing else than what stands in it, whatever is typed', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.webUrl(), fc.constant(good)),
        fc.string({ maxLength: 8 }),
        (text, more) => {
          const link = readAppLink(text + more);
          if (link === null) return;
          expect([joinLink(link), joinLink(link).replace('join?', 'join/?')]).toContain(text + more);
        },
      ),
      { numRuns: 10_000 },
    );
  });
});

describe('an invitation link that is pasted', () => {
  it('is the one of the mail or the one that opens in the app, with spaces around it', () => {
    for (const each of [good, `${origin}/invitations/${token}`, `  ${origin}/invitations/${token}\n`]) {
      expect(readInvitationLink(each), each).toEqual({ kind: 'join', origin, token });
    }
    const local = `http://127.0.0.1:8970/invitations/${token}`;
    expect(readInvitationLink(local)).toMatchObject({ origin: 'http://127.0.0.1:8970' });
  });

  it.each([
    ['plain http to another computer', `http://kisenon.example/invitations/${token}`],
    ['a user before the host', `https://me@kisenon.example/invitations/${token}`],
    ['a path before it', `${origin}/x/invitations/${token}`],
    ['a longer token', `${origin}/invitations/${token}a`],
    ['a query', `${origin}/invitations/${token}?accept=1`],
    ['two links', `${origin}/invitations/${token} ${good}`],
  ])('is none with %s', (_what, text) => {
    expect(readInvitationLink(text)).toBeNull();
  });
});
