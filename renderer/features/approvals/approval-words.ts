import type { ApprovalRule, Remember } from '../../../contracts/domain/approval.ts';

export const rememberChoices: { value: Remember; label: string }[] = [
  { value: 'once', label: 'No, ask each time' },
  { value: '20m', label: 'For 20 minutes' },
  { value: '1h', label: 'For 1 hour' },
  { value: 'lock', label: 'Until Keyhold locks' },
  { value: 'always', label: 'Always' },
];

export const verdictBadges = {
  allow: { tone: 'good', words: 'Allowed' },
  deny: { tone: 'error', words: 'Denied' },
} as const satisfies Record<ApprovalRule['verdict'], unknown>;
