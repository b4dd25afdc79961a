import { KeyholdError } from '../../contracts/errors.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import { sampleToken, tokenText } from './samples.ts';
import { clipboard } from './world-vault.ts';
import type { World } from './world.ts';

/** The tokens that are minted in a world. */
export function tokensHandlers(world: World): IpcHandlers['tokens'] {
  let revealed = false;
  return {
    mint: ({ contextId }) => {
      const number = String(world.tokens.length).padStart(12, '0');
      const token = sampleToken({ contextId, tokenId: `7c9e6679-7425-40de-944b-${number}` });
      world.tokens = [token, ...world.tokens];
      return token;
    },
    list: () => world.tokens,
    live: () => world.liveTokens,
    forget: ({ tokenId }) => {
      world.tokens = world.tokens.filter((token) => token.tokenId !== tokenId);
    },
    inspect: () => world.inspection,
    copy: () => clipboard(world),
    copyCredential: () => clipboard(world),
    reveal: () => {
      if (revealed) throw new KeyholdError('token_gone');
      revealed = true;
      return { token: tokenText };
    },
  };
}
