import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import { diskSmallFiles } from '../adapters/small-files.ts';
import { KeeperService } from '../core/keeper/keeper-service.ts';
import { KeyChanges } from '../core/keeper/key-changes.ts';
import { KeyUses } from '../core/keeper/key-uses.ts';
import { RoleService } from '../core/rules/role-service.ts';
import { ServiceCalls } from '../core/service/service-calls.ts';
import { tkeeperSpeech } from '../core/service/speech.ts';
import { remoteKeysHandlers } from '../ipc/remote-keys.ts';
import { rulesHandlers } from '../ipc/rules.ts';
import type { Base } from './base.ts';

/** What the window may ask about keepers: keys at a service, and the rules that say who may use them. */
export function buildKeeper(base: Base): Pick<IpcHandlers, 'remoteKeys' | 'rules'> {
  const common = { ...base, service: new ServiceCalls(base, tkeeperSpeech) };
  const keeper = new KeeperService(common);
  return {
    remoteKeys: remoteKeysHandlers({
      keeper,
      changes: new KeyChanges({ ...common, keeper }),
      uses: new KeyUses({ ...common, smallFiles: diskSmallFiles }),
      clipboard: base.plainClipboard,
    }),
    rules: rulesHandlers({ roles: new RoleService(base) }),
  };
}
