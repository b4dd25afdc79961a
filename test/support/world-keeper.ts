import { KeyholdError } from '../../contracts/errors.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';

const refuse = () => {
  throw new KeyholdError('internal');
};

export function keeperHandlers(): Pick<IpcHandlers, 'tokenSignIn' | 'remoteKeys' | 'rules'> {
  return {
    tokenSignIn: { read: refuse, signIn: refuse },
    remoteKeys: {
      standing: refuse,
      list: refuse,
      one: refuse,
      publicKey: refuse,
      create: refuse,
      renew: refuse,
      destroy: refuse,
      sign: refuse,
      verify: refuse,
      encrypt: refuse,
      decrypt: refuse,
    },
    rules: { roles: refuse, saveRole: refuse, removeRole: refuse, exportRole: refuse },
  };
}
