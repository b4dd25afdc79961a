import { useState } from 'react';
import { asCallError, type CallError } from './api.ts';

interface UsedCall<Request extends unknown[]> {
  busy: boolean;
  /** Why the last call failed; null once the next one has begun. */
  error: CallError | null;
  run: (...request: Request) => void;
  /** Takes back what was said of the last call. */
  reset: () => void;
}

/**
 * One call at a time. Unlike a mutation it keeps nothing of what was sent, and it needs no query client, which the
 * screens before the unlock do not have.
 */
export function useCall<Request extends unknown[]>(
  call: (...request: Request) => Promise<unknown>,
): UsedCall<Request> {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError | null>(null);
  const act = async (request: Request): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await call(...request);
    } catch (thrown) {
      setError(asCallError(thrown));
    } finally {
      setBusy(false);
    }
  };
  return {
    busy,
    error,
    run: (...request) => {
      if (!busy) void act(request);
    },
    reset: () => setError(null),
  };
}
