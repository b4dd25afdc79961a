import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { ContextService } from '../core/contexts/context-service.ts';
import type { Credentials } from '../core/credentials/credentials.ts';
import type { PasswordSignIn } from '../core/signin/password/password-sign-in.ts';

interface Deps {
  passwordSignIn: PasswordSignIn;
  contexts: ContextService;
  credentials: Credentials;
}

export function passwordSignInHandlers({
  passwordSignIn,
  contexts,
  credentials,
}: Deps): IpcHandlers['passwordSignIn'] {
  return {
    signIn: (request) => passwordSignIn.signIn(request),
    before: ({ contextId }) => credentials.sessionBefore(contexts.get(contextId).id),
  };
}
