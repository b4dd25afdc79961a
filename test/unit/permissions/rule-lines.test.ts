import { expect, it } from 'vitest';
import { ruleLines } from '../../../contracts/permissions/rule.ts';

it('reads the rules of a text a line each, and passes over lines without any', () => {
  expect(ruleLines('tkeeper.recover\r\n\n \t\n-a.b \rc')).toEqual([
    { text: 'tkeeper.recover', line: 0 },
    { text: '-a.b ', line: 3 },
    { text: 'c', line: 4 },
  ]);
});
