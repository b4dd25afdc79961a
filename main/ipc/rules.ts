import { KeyholdError } from '../../contracts/errors.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';

const refuse = () => {
  throw new KeyholdError('internal');
};

export function rulesHandlers(): IpcHandlers['rules'] {
  return { roles: refuse, saveRole: refuse, removeRole: refuse, exportRole: refuse, copyRole: refuse };
}
