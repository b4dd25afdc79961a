import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { ContextService } from '../core/contexts/context-service.ts';
import type { SignOut } from '../core/signin/sign-out.ts';
import type { Vault } from '../core/vault/vault.ts';
import { requireUnlocked } from './guard.ts';

interface Deps {
  vault: Vault;
  contexts: ContextService;
  signOut: SignOut;
}

export function signOutHandlers({ vault, contexts, signOut }: Deps): IpcHandlers['signOut'] {
  return {
    run: ({ contextId }) => {
      requireUnlocked(vault);
      return signOut.run(contextId);
    },
    cancel: () => {
      requireUnlocked(vault);
      signOut.cancel();
    },
    signInAgain: ({ contextId, keyLabel }) => {
      requireUnlocked(vault);
      return contexts.signInAgain(contextId, keyLabel);
    },
  };
}
