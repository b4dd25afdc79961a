import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { AccountService } from '../core/accounts/account-service.ts';

interface Deps {
  accounts: AccountService;
}

export function accountsHandlers({ accounts }: Deps): IpcHandlers['accounts'] {
  return {
    pending: ({ contextId }) => accounts.pending(contextId),
    approve: (decision) => accounts.approve(decision),
    deny: (decision) => accounts.deny(decision),
  };
}
