import { afterEach, beforeEach, expect, it } from 'vitest';
import { OddServer } from '../contexts/odd-server.ts';
import { addContext } from '../registries/add-context.ts';
import { signOutParts } from './sign-out-parts.ts';
import type { SignOutParts } from './sign-out-parts.ts';

let odd: OddServer;
let parts: SignOutParts;
let id: string;
let kid: string;

beforeEach(async () => {
  [odd, parts] = await Promise.all([OddServer.start(), signOutParts()]);
  ({ id } = addContext(parts.parts, { origin: odd.origin }));
  kid = parts.parts.keys.current(id)?.kid ?? '';
});
afterEach(async () => {
  await Promise.all([odd.stop(), parts.dispose()]);
});

const code = (name: string): unknown => ({ error: { code: name, message: 'No' } });

it.each([
  [204, '', 'revoked'],
  [404, code('not_found'), 'not_registered'],
  [401, code('key_not_registered'), 'not_registered'],
  [401, code('key_revoked'), 'not_registered'],
  [401, code('token_invalid'), 'refused'],
  [403, code('session_required'), 'refused'],
  [404, '<html>', 'refused'],
  [200, '<html>Sign in to the hotel’s network', 'refused'],
  [302, '', 'refused'],
  [429, code('rate_limited'), 'unreachable'],
  [503, '', 'unreachable'],
] as const)('an answer of %i with %j means that the key is %s', async (status, body, revocation) => {
  odd.answer((_, response) => {
    response.writeHead(status, { location: '/' }).end(body === '' ? undefined : JSON.stringify(body));
  });
  expect(await parts.signOut.run(id)).toMatchObject({
    results: [{ done: true, credentials: [{ revocation }] }],
  });
  expect(odd.requests.map(({ method, url }) => [method, url])).toEqual([['DELETE', `/v1/keys/${kid}`]]);
});

it('a context whose vault cannot be written stays as it was', async () => {
  odd.answer((_, response) => response.writeHead(204).end());
  parts.parts.vault.sql().exec('PRAGMA query_only = ON');
  expect(await parts.signOut.run(id)).toMatchObject({
    results: [{ context: { state: 'active' }, done: false, credentials: [{ revocation: 'revoked' }] }],
  });
  parts.parts.vault.sql().exec('PRAGMA query_only = OFF');
  expect(parts.parts.keys.list(id)).toHaveLength(1);
});
