import { expect, it } from 'vitest';
import { hideSecrets } from '../../../reference-server/http/hide-secrets.ts';

const random = 'A-_9'.repeat(11).slice(0, 43);

it.each([
  [`/v1/api-keys/nsk_${random}`, '/v1/api-keys/nsk_…'],
  [`xnsk_${random}khs_${random}.`, 'xnsk_…khs_….'],
  [`nsk_${random.slice(1)}`, `nsk_${random.slice(1)}`],
  [`/x/0123abcd_${'0f'.repeat(32)}`, '/x/0123abcd_…'],
  ['maya', 'maya'],
])('of %s there stays %s', (text, hidden) => {
  expect(hideSecrets(text)).toBe(hidden);
});
