import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { ApprovalService } from '../core/approvals/approval-service.ts';

interface Deps {
  approvals: ApprovalService;
}

export function approvalsHandlers({ approvals }: Deps): Pick<IpcHandlers, 'approvals' | 'prompt'> {
  return {
    approvals: {
      rules: () => approvals.rules(),
      remove: ({ ruleId }) => approvals.removeRule(ruleId),
    },
    prompt: {
      current: () => approvals.current(),
      answer: ({ questionId, verdict, remember }) => approvals.answer(questionId, verdict, remember),
    },
  };
}
