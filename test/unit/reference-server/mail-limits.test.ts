import { expect, it } from 'vitest';
import { MailLimits, mailRules } from '../../../reference-server/limits/mail-limits.ts';

it('mails are limited by sender and by address, and go on an hour later', () => {
  let time = Date.UTC(2026, 0, 1);
  const limits = new MailLimits(() => new Date(time));
  for (let count = 0; count < mailRules.address.failures; count += 1)
    limits.take('u_one', 'a@people.example');
  expect(limits.addressPausedFor('a@people.example')).toBe(3600);
  expect(limits.addressPausedFor('b@people.example')).toBeNull();
  expect(limits.senderPausedFor('u_one')).toBeNull();
  for (let count = 0; count < mailRules.sender.failures; count += 1)
    limits.take('u_one', `p${String(count)}`);
  expect(limits.senderPausedFor('u_one')).toBe(3600);
  expect(limits.senderPausedFor('u_two')).toBeNull();
  expect(limits.take('u_one', 'c@people.example')).toBe(false);
  expect(limits.take('u_two', 'a@people.example')).toBe(false);
  expect(limits.take('u_two', 'c@people.example')).toBe(true);
  time += 3_600_000;
  expect(limits.senderPausedFor('u_one')).toBeNull();
  expect(limits.addressPausedFor('a@people.example')).toBeNull();
});
