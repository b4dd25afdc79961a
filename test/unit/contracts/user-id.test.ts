import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { userIdFault } from '../../../contracts/domain/user-id.ts';
import { subjectSchema } from '../../../contracts/server-api/index.ts';

const userId = fc.stringMatching(/^u_[a-z2-7]{14,34}$/).filter((id) => subjectSchema.safeParse(id).success);
const bot = fc
  .stringMatching(/^bot:[a-z0-9-]{1,41}\/[a-z0-9-]{1,41}$/)
  .filter((id) => subjectSchema.safeParse(id).success);

describe('the shape of a user id', () => {
  it('is what the server’s contract asks for, no more and no less', () => {
    const near = fc.oneof(
      userId,
      bot,
      fc.stringMatching(/^(?:u_|bot:)[a-zA-Z0-9:/_@.-]{0,40}$/),
      fc.string(),
    );
    fc.assert(
      fc.property(near, (text) => {
        expect(userIdFault(text) === null).toBe(subjectSchema.safeParse(text.trim()).success);
      }),
      { numRuns: 500 },
    );
  });

  it('is no fault while it is typed', () => {
    fc.assert(
      fc.property(fc.oneof(userId, bot), (id) => {
        for (let length = 1; length <= id.length; length++) {
          expect([null, 'unfinished']).toContain(userIdFault(id.slice(0, length)));
        }
      }),
    );
  });

  it.each([
    ['', 'empty'],
    [' ', 'empty'],
    ['maya', 'other'],
    ['maya@example.com', 'email'],
    ['u-maya', 'other'],
    ['u_42', 'unfinished'],
    ['user', 'other'],
  ])('%s: %s', (text, fault) => {
    expect(userIdFault(text)).toBe(fault);
  });
});
