import type { Decision } from '../core/approvals/approval-service.ts';
import { exitCodes, failed, type CommandAnswer } from './command-answer.ts';

/** How long whoever was refused three times is refused unasked, and how a person ends that. */
export const pauseHint = 'It asks again after ten minutes, or once you lock and unlock it.';

/** Why a person's answer, or the lack of one, keeps a token back from a command. */
export function refusedUse(
  decision: Exclude<Decision, 'allowed' | 'locked'>,
  who: string,
  contextName: string,
): CommandAnswer {
  const told = `not to let ${who} use ${contextName}`;
  switch (decision) {
    case 'denied':
      return failed(
        exitCodes.denied,
        'denied',
        `Keyhold was told ${told}. If that answer is remembered, change it in Keyhold under Approvals.`,
      );
    case 'paused':
      return failed(exitCodes.denied, 'denied', `Keyhold was told three times ${told}. ${pauseHint}`);
    case 'timed_out':
    case 'given_up':
      return failed(
        exitCodes.denied,
        'not_answered',
        `Nobody answered whether ${who} may use ${contextName}. Run the command again and answer in Keyhold.`,
      );
  }
}
