import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { contextNameSchema } from '../../../contracts/domain/context.ts';
import { printable } from '../../../contracts/domain/printable.ts';
import { suggestName } from '../../../renderer/features/contexts/context-name.ts';

it.each([
  'Production EU (Frankfurt)',
  'Köln / Test',
  'Team A + B',
  'R&D',
  'Maya’s lab',
  'हिन्दी',
  '東京',
  '#3: spare',
])('a name that people give is taken, unless it begins with a sign: %s', (name) => {
  expect(contextNameSchema.safeParse(name).success).toBe(!name.startsWith('#'));
});

it('a name can be seen as it is, on one line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      if (contextNameSchema.safeParse(text).success) expect(printable(text)).toBe(text);
    }),
  );
  expect(contextNameSchema.safeParse('a\u202eb').success).toBe(false);
});

it('what is suggested for a service is a name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (service) => {
      expect(contextNameSchema.safeParse(suggestName(service, 'registry.example', [])).success).toBe(true);
    }),
  );
});
