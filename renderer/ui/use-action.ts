import { useMutation, type UseMutationResult } from '@tanstack/react-query';
import type { Result } from '../../contracts/errors.ts';
import { valueOf } from '../lib/api.ts';
import { toastError } from './toast.ts';

/**
 * A call that a button or a menu sends. A failure is told in a toast.
 *
 * @param call - Sends it.
 * @param onDone - What follows when it succeeded; until that is done, the call counts as under way.
 */
export function useAction<Done, Request = void>(
  call: (request: Request) => Promise<Result<Done>>,
  onDone?: (done: Done) => unknown,
): UseMutationResult<Done, unknown, Request> {
  return useMutation({
    mutationFn: (request: Request) => valueOf(call(request)),
    onSuccess: (done) => onDone?.(done),
    onError: toastError,
  });
}
