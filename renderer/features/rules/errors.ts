import type { ErrorWords } from '../../lib/error-text.ts';

/** Words for the errors of keeping rules as roles. */
export const ruleErrors = {
  role_not_found: {
    title: 'The role is gone',
    advice: 'It was deleted. The list shows what there is now.',
  },
  role_has_errors: {
    title: 'Some rules cannot be read',
    advice: 'Correct the marked lines first: a service would refuse everything to who has them.',
  },
  too_many_roles: {
    title: 'There are as many roles as Keyhold keeps',
    advice: 'Delete one that you do not need any more.',
  },
} satisfies Partial<ErrorWords>;
