import { expect, it } from 'vitest';
import { personOf } from '../../../reference-server/auth/oidc/person.ts';

const addressOf = (claim: string, claims: Record<string, unknown>) =>
  personOf(claims, {
    claims: { email: claim, name: 'name', username: null, groups: null },
    accounts: 'new',
  }).email;

it.each([
  ['email', { email: 'lena@corp.example', email_verified: true }, 'lena@corp.example'],
  ['email', { email: 'lena@corp.example' }, null],
  [
    'mail',
    { mail: 'lena@corp.example', email: 'lena@corp.example', email_verified: true },
    'lena@corp.example',
  ],
  // What `email_verified` is about is another one.
  ['mail', { mail: 'root@corp.example', email: 'mallory@corp.example', email_verified: true }, null],
  ['mail', { mail: 'root@corp.example', email_verified: true }, null],
])(
  'an address of the claim %s in %o is verified as far as the provider says so of it',
  (claim, claims, email) => {
    expect(addressOf(claim, claims)).toBe(email);
  },
);
