import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  Callback,
  codePattern,
  type CallbackOutcome,
} from '../../../../../main/core/signin/loopback/callback.ts';
import { newProof } from '../../../../../main/core/signin/loopback/proof.ts';
import type { LoopbackAnswer, LoopbackRequest } from '../../../../../main/core/ports/loopback.ts';
import { systemRandom } from '../../../../../main/adapters/random.ts';
import { createHash } from 'node:crypto';

const authorities = ['127.0.0.1:40123', '[::1]:40123'] as const;
const { state } = newProof(systemRandom);
const code = 'c'.repeat(43);
const right = `/callback?code=${code}&state=${state}`;

const isCode = (text: string): boolean => codePattern.test(text);

let outcomes: CallbackOutcome[];
let callback: Callback;

beforeEach(() => {
  outcomes = [];
  callback = new Callback(state, isCode, (outcome) => outcomes.push(outcome));
});

function ask(target: string, facts: Partial<LoopbackRequest> = {}): LoopbackAnswer {
  return callback.answer(
    { method: 'GET', host: authorities[0], target, asPage: true, ...facts },
    authorities,
  );
}

const titleOf = ({ body }: LoopbackAnswer): string => /<h1>(.*)<\/h1>/.exec(body)?.[1] ?? '';

describe('the proof of one try', () => {
  it('has 256 bits each, and a challenge by S256', () => {
    const { verifier, challenge, state: own } = newProof(systemRandom);
    for (const text of [verifier, own]) expect(text).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(challenge).toBe(createHash('sha256').update(verifier, 'ascii').digest('base64url'));
    expect(new Set([own, verifier, challenge, state]).size).toBe(4);
  });

  it('is that of RFC 7636, appendix B, for its bytes', () => {
    const bytes = Buffer.from('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk', 'base64url');
    expect(newProof({ bytes: () => bytes }).challenge).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM');
  });
});

describe('the answer of a browser', () => {
  it.each(authorities)('is taken at %s, and a page says that the window can be closed', (host) => {
    const answer = ask(right, { host });
    expect(outcomes).toEqual([{ kind: 'code', code, issuer: null }]);
    expect(answer.status).toBe(200);
    expect(titleOf(answer)).toBe('You can close this window');
  });

  it('is taken with what later servers add, in any order', () => {
    ask(`/callback?iss=https%3A%2F%2Fkisenon.example&state=${state}&later=1&code=${code}`);
    expect(outcomes).toEqual([{ kind: 'code', code, issuer: 'https://kisenon.example' }]);
  });

  it('is none where two say that it is theirs', () => {
    ask(`${right}&iss=https%3A%2F%2Fa.example&iss=https%3A%2F%2Fb.example`);
    expect(outcomes).toEqual([]);
  });

  it('can be a no, of the person or of the service', () => {
    expect(titleOf(ask(`/callback?error=access_denied&state=${state}`))).toBe('You can close this window');
    expect(outcomes).toEqual([{ kind: 'refused', denied: true }]);
    callback = new Callback(state, isCode, (outcome) => outcomes.push(outcome));
    ask(`/callback?error=server_error&error_description=%3Cscript%3E&state=${state}`);
    expect(outcomes[1]).toEqual({ kind: 'refused', denied: false });
  });

  it('counts once: the second is answered kindly and does nothing', () => {
    ask(right);
    for (const again of [right, `/callback?code=${'d'.repeat(43)}&state=${state}`, '/callback?state=x']) {
      const answer = ask(again);
      expect(answer.status).toBe(200);
      expect(answer.body).toContain('Keyhold has had an answer already.');
    }
    expect(outcomes).toHaveLength(1);
  });

  it('that is wrong is refused, and the right one still counts', () => {
    const wrong = ask(`/callback?code=${code}&state=${'x'.repeat(43)}`);
    expect(wrong.status).toBe(400);
    expect(outcomes).toEqual([]);
    ask(right);
    expect(outcomes).toEqual([{ kind: 'code', code, issuer: null }]);
  });

  it.each([
    ['no state', `/callback?code=${code}`],
    ['an empty state', `/callback?code=${code}&state=`],
    ['a state cut off', `/callback?code=${code}&state=${state.slice(0, -1)}`],
    ['a longer state', `/callback?code=${code}&state=${state}a`],
    ['another state', `/callback?code=${code}&state=${newProof(systemRandom).state}`],
    ['two states', `/callback?code=${code}&state=${state}&state=${state}`],
    ['two codes', `/callback?code=${code}&code=${code}&state=${state}`],
    ['a code and an error', `/callback?code=${code}&error=access_denied&state=${state}`],
    ['neither', `/callback?state=${state}`],
    ['a short code', `/callback?code=abc&state=${state}`],
    ['a long code', `/callback?code=${'c'.repeat(5000)}&state=${state}`],
    ['a code with a line feed', `/callback?code=${'c'.repeat(42)}%0A&state=${state}`],
    ['no query', '/callback'],
    ['a query after a fragment', `/callback#?code=${code}&state=${state}`],
  ])('is none with %s', (_what, target) => {
    ask(target);
    expect(outcomes).toEqual([]);
  });

  it.each([
    ['another path', right.replace('/callback', '/')],
    ['a longer path', right.replace('/callback', '/callback/')],
    ['a path in capitals', right.replace('/callback', '/CALLBACK')],
    ['an escaped path', right.replace('/callback', '/%63allback')],
    ['a path with dots', right.replace('/callback', '/x/../callback')],
    ['a whole address', `http://${authorities[0]}${right}`],
    ['the icon that browsers ask for', '/favicon.ico'],
  ])('is not looked for at %s', (_what, target) => {
    expect(ask(target).status).toBe(404);
    expect(outcomes).toEqual([]);
  });

  it.each([
    'localhost:40123',
    '127.0.0.1',
    '127.0.0.1:40124',
    '127.0.0.1:040123',
    '[::1]',
    '[::0:1]:40123',
    '0.0.0.0:40123',
    'evil.example:40123',
    'evil.example',
    '127.0.0.1:40123.evil.example',
    '',
  ])('is not taken from a page that calls us “%s”', (host) => {
    expect(ask(right, { host }).status).toBe(404);
    expect(outcomes).toEqual([]);
  });

  it.each(['HEAD', 'POST', 'OPTIONS', 'PUT', 'get', 'CONNECT'])('is not taken by %s', (method) => {
    expect(ask(right, { method }).status).toBe(405);
    expect(outcomes).toEqual([]);
  });

  it('ends the try when somebody sends one wrong answer after the other', () => {
    for (let tries = 1; tries <= 9; tries += 1) ask(`/callback?code=${code}&state=wrong${tries}`);
    expect(outcomes).toEqual([]);
    ask(`/callback?code=${code}&state=wrong`);
    expect(outcomes).toEqual([{ kind: 'disturbed' }]);
    ask(right);
    expect(outcomes).toHaveLength(1);
  });

  it('does not count what is no answer at all as a wrong one', () => {
    for (let tries = 0; tries < 50; tries += 1) {
      ask('/favicon.ico');
      ask(right, { host: 'evil.example' });
      ask(right, { method: 'HEAD' });
      ask(`/callback?code=${code}&state=wrong`, { asPage: false });
    }
    ask(right);
    expect(outcomes).toEqual([{ kind: 'code', code, issuer: null }]);
  });

  it('never shows anything of what was sent, and its page runs and fetches nothing', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.constantFrom('code', 'error', 'state', '<b>'),
        (text, name) => {
          const mark = `zq${text}`;
          const { headers, body } = ask(`/callback?${encodeURIComponent(name)}=${encodeURIComponent(mark)}`);
          expect(body).not.toContain(mark);
          expect(body).not.toMatch(/<(script|a|img|link|form|iframe)\b|https?:/i);
          expect(headers['content-security-policy']).toMatch(
            /^default-src 'none'; style-src 'sha256-[^' ]+'; /,
          );
          expect(headers['referrer-policy']).toBe('no-referrer');
          expect(headers['cache-control']).toBe('no-store');
        },
      ),
    );
  });
});
