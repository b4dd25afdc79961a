import { KeyholdError } from '../../contracts/errors.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';

const refuse = () => {
  throw new KeyholdError('internal');
};

/** What is known of a world's rules. */
export function rulesHandlers(): IpcHandlers['rules'] {
  return { roles: refuse, saveRole: refuse, removeRole: refuse, exportRole: refuse };
}
