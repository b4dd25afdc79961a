import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import { remoteKeysHandlers } from '../ipc/remote-keys.ts';
import { rulesHandlers } from '../ipc/rules.ts';
import { tokenSignInHandlers } from '../ipc/token-sign-in.ts';

/** What the window may ask about keepers: keys at a service, and the rules that say who may use them. */
export function buildKeeper(): Pick<IpcHandlers, 'remoteKeys' | 'rules' | 'tokenSignIn'> {
  return { remoteKeys: remoteKeysHandlers(), rules: rulesHandlers(), tokenSignIn: tokenSignInHandlers() };
}
