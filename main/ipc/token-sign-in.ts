import { KeyholdError } from '../../contracts/errors.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';

const refuse = () => {
  throw new KeyholdError('internal');
};

export function tokenSignInHandlers(): IpcHandlers['tokenSignIn'] {
  return { read: refuse, signIn: refuse };
}
