import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { TokenSignIn } from '../core/signin/token/token-sign-in.ts';

interface Deps {
  tokenSignIn: TokenSignIn;
}

export function tokenSignInHandlers({ tokenSignIn }: Deps): IpcHandlers['tokenSignIn'] {
  return {
    read: ({ token }) => tokenSignIn.read(token),
    signIn: (request) => tokenSignIn.signIn(request),
  };
}
