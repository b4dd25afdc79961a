import { useQueryClient, type UseMutationResult, useMutation } from '@tanstack/react-query';
import type { BrowserSignInState } from '../../../contracts/ipc/browser-sign-in.ts';
import { keyhold, valueOf, type CallError } from '../../lib/api.ts';
import { browserSignInQuery } from './queries.ts';

type Request = Parameters<ReturnType<typeof keyhold>['browserSignIn']['start']>[0];

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
