import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { ContextService } from '../core/contexts/context-service.ts';
import type { SignOut } from '../core/signin/sign-out.ts';

interface Deps {
  contexts: ContextService;
  signOut: SignOut;
}

export function signOutHandlers({ contexts, signOut }: Deps): IpcHandlers['signOut'] {
  return {
    run: ({ contextId }) => signOut.run(contextId),
    cancel: () => signOut.cancel(),
    signInAgain: ({ contextId, keyLabel }) => contexts.signInAgain(contextId, keyLabel),
  };
}
