import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { World } from './world.ts';

/** The questions and rules of a world. */
export function approvalsHandlers(world: World): Pick<IpcHandlers, 'approvals' | 'prompt'> {
  return {
    approvals: {
      rules: () => world.rules,
      remove: ({ ruleId }) => {
        world.rules = world.rules.filter(({ id }) => id !== ruleId);
      },
    },
    prompt: {
      current: () => ({
        question: world.questions[0] ?? null,
        more: Math.max(0, world.questions.length - 1),
      }),
      answer: ({ questionId }) => {
        world.questions = world.questions.filter(({ id }) => id !== questionId);
      },
    },
  };
}
