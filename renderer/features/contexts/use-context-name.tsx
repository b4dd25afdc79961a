import { limits } from '../../../contracts/domain/limits.ts';
import { errorText } from '../../lib/error-text.ts';
import { nameRule, required } from './context-name.ts';
import { useTextField, type TextField } from './use-text-field.tsx';

/** The name of a new context, beside the secrets of its form. @param suggested - What is in it to begin with. */
export function useContextName(suggested: string): TextField {
  return useTextField({
    label: 'Context name',
    description: `What you call it here, in ${String(limits.contextNameMax)} characters at most.`,
    initial: suggested,
    maxLength: limits.contextNameMax,
    autoComplete: 'off',
    problemOf: required('a name for the context'),
    refusalOf: ({ code, details }) => {
      if (code === 'invalid_request' && details.field === 'target.name') return nameRule;
      const { title, advice } = errorText(code, details);
      return code === 'name_taken' ? `${title}. ${advice}` : null;
    },
  });
}
