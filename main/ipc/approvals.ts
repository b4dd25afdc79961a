import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { ApprovalService } from '../core/approvals/approval-service.ts';
import type { Vault } from '../core/vault/vault.ts';
import { requireUnlocked } from './guard.ts';

interface Deps {
  vault: Vault;
  approvals: ApprovalService;
}

export function approvalsHandlers({ vault, approvals }: Deps): Pick<IpcHandlers, 'approvals' | 'prompt'> {
  return {
    approvals: {
      rules: () => {
        requireUnlocked(vault);
        return approvals.rules();
      },
      remove: async ({ ruleId }) => {
        requireUnlocked(vault);
        await approvals.removeRule(ruleId);
      },
    },
    prompt: {
      current: () => approvals.current(),
      answer: ({ questionId, verdict, remember }) => {
        requireUnlocked(vault);
        approvals.answer(questionId, verdict, remember);
      },
    },
  };
}
