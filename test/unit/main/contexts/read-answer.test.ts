import { expect, it } from 'vitest';
import { z } from 'zod';
import { readAnswer } from '../../../../main/core/service/read-answer.ts';

/** How many elements a schema was asked about. */
function read(text: string): { asked: number; taken: boolean } {
  let asked = 0;
  const element = z.unknown().refine(() => {
    asked += 1;
    return true;
  });
  const answer = readAnswer(text, z.object({ list: z.array(element) }));
  return { asked, taken: answer !== null };
}

it('a list as long as any that is read is read', () => {
  expect(read(`{"list":[${'"v",'.repeat(19_999)}"v"]}`)).toEqual({ asked: 20_000, taken: true });
});

it.each([
  ['flat', `{"list":[${'0,'.repeat(500_000)}0]}`],
  ['in lists of lists', `{"list":[${'[0,0],'.repeat(170_000)}0]}`],
  ['beside what is asked for', `{"list":[0],"other":[${'0,'.repeat(500_000)}0]}`],
])('a million wrong values, %s, are refused before a schema finds a fault in each', (_name, text) => {
  expect(read(text)).toEqual({ asked: 0, taken: false });
});

it('what is nested deeply does no harm', () => {
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  expect(read(`{"list":[${deep}]}`)).toEqual({ asked: 1, taken: true });
});
