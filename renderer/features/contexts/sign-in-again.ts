import { createContext, use } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';

/** Signs a context in again, as it was before, over whatever page is open: what is typed there stays. */
export const SignInAgain = createContext<(context: ContextSummary) => void>(() => undefined);

export function useSignInAgain(): (context: ContextSummary) => void {
  return use(SignInAgain);
}
