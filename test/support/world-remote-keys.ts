import { KeyholdError } from '../../contracts/errors.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';

const refuse = () => {
  throw new KeyholdError('internal');
};

export function tokenSignInHandlers(): IpcHandlers['tokenSignIn'] {
  return { read: refuse, signIn: refuse };
}

export function remoteKeysHandlers(): IpcHandlers['remoteKeys'] {
  return {
    standing: refuse,
    list: refuse,
    one: refuse,
    publicKey: refuse,
    copy: refuse,
    create: refuse,
    renew: refuse,
    destroy: refuse,
    sign: refuse,
    verify: refuse,
    encrypt: refuse,
    decrypt: refuse,
  };
}
