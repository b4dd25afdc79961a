import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { SecretClipboard } from '../core/clipboard/secret-clipboard.ts';
import type { TokenInspector } from '../core/tokens/inspection/token-inspector.ts';
import type { TokenService } from '../core/tokens/token-service.ts';
import type { Vault } from '../core/vault/vault.ts';
import { requireUnlocked } from './guard.ts';

interface Deps {
  vault: Vault;
  tokens: TokenService;
  inspector: TokenInspector;
  clipboard: SecretClipboard;
}

export function tokensHandlers({ vault, tokens, inspector, clipboard }: Deps): IpcHandlers['tokens'] {
  return {
    mint: ({ contextId, ttl }) => {
      requireUnlocked(vault);
      return tokens.mint(contextId, ttl);
    },
    copy: ({ tokenId, form }) => {
      requireUnlocked(vault);
      return clipboard.copy(tokens.text(tokenId, form));
    },
    reveal: ({ tokenId }) => {
      requireUnlocked(vault);
      return { token: tokens.reveal(tokenId) };
    },
    list: () => {
      requireUnlocked(vault);
      return tokens.list();
    },
    live: () => {
      requireUnlocked(vault);
      return tokens.live();
    },
    forget: ({ tokenId }) => {
      requireUnlocked(vault);
      tokens.forget(tokenId);
    },
    inspect: ({ token }) => {
      requireUnlocked(vault);
      return inspector.inspect(token);
    },
  };
}
