import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { SecretClipboard } from '../core/clipboard/secret-clipboard.ts';
import type { TokenInspector } from '../core/tokens/inspection/token-inspector.ts';
import type { TokenService } from '../core/tokens/token-service.ts';

interface Deps {
  tokens: TokenService;
  inspector: TokenInspector;
  clipboard: SecretClipboard;
}

export function tokensHandlers({ tokens, inspector, clipboard }: Deps): IpcHandlers['tokens'] {
  return {
    mint: ({ contextId, ttl }) => tokens.mint(contextId, ttl),
    copy: ({ tokenId, form }) => clipboard.copy(tokens.text(tokenId, form)),
    copyCredential: async ({ contextId, form }) =>
      clipboard.copy(await tokens.credentialText(contextId, form)),
    reveal: ({ tokenId }) => ({ token: tokens.reveal(tokenId) }),
    list: () => tokens.list(),
    live: () => tokens.live(),
    forget: ({ tokenId }) => tokens.forget(tokenId),
    inspect: ({ token }) => inspector.inspect(token),
  };
}
