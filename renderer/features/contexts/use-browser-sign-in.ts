import { useQueryClient, type UseMutationResult, useMutation } from '@tanstack/react-query';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { BrowserSignInState } from '../../../contracts/ipc/browser-sign-in.ts';
import type { Provider } from '../../../contracts/ipc/contexts.ts';
import { keyhold, valueOf, type CallError } from '../../lib/api.ts';
import { browserSignInQuery } from './queries.ts';

type Request = Parameters<ReturnType<typeof keyhold>['browserSignIn']['start']>[0];

/** Signs a context in again at the provider that its service names. @param agreed - What the person was shown. */
export function atProviderOf({ id }: Pick<ContextSummary, 'id'>, agreed: Provider): Request {
  return { target: { kind: 'context', contextId: id }, access: 'oidc', elsewhere: false, agreed };
}

/** Begins a sign-in by browser. @param onBegun - What follows once the browser was opened. */
export function useBrowserSignIn(
  onBegun?: () => unknown,
): UseMutationResult<BrowserSignInState, CallError, Request> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: Request) => valueOf(keyhold().browserSignIn.start(request)),
    onSuccess: (state) => {
      client.setQueryData(browserSignInQuery.queryKey, state);
      return onBegun?.();
    },
  });
}
