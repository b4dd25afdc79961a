import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import { remoteKeysHandlers, tokenSignInHandlers } from './world-remote-keys.ts';
import { rulesHandlers } from './world-rules.ts';
import type { World } from './world.ts';

/** What a world's keeper answers about its keys, and what is known of rules. */
export function keeperHandlers(world: World): Pick<IpcHandlers, 'tokenSignIn' | 'remoteKeys' | 'rules'> {
  return {
    tokenSignIn: tokenSignInHandlers(world),
    remoteKeys: remoteKeysHandlers(world),
    rules: rulesHandlers(world),
  };
}
