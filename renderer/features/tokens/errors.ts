import { limits } from '../../../contracts/domain/limits.ts';
import type { ErrorWords } from '../../lib/error-text.ts';
import { ttlText } from '../../lib/format.ts';

/** Words for the errors of tokens. */
export const tokenErrors = {
  invalid_ttl: ({ maxSeconds }) => ({
    title: 'That is not a token life Keyhold can use',
    advice:
      `Write hours, minutes and seconds, such as 1h, 90m or 1h30m: at least ${ttlText(limits.ttlMin)}` +
      (maxSeconds === undefined ? '.' : `, and at most ${ttlText(maxSeconds)} for this service.`),
  }),
  token_gone: {
    title: 'The token is no longer here',
    advice: 'Keyhold shows a token once and forgets it when it expires or the vault locks. Mint a new one.',
  },
} satisfies Partial<ErrorWords>;
