import { useState } from 'react';
import { asCallError, type CallError } from '../../lib/api.ts';

interface Deed {
  busy: boolean;
  error: CallError | null;
  run: () => void;
}

/** One call at a time; what is shown next follows from main's word that the vault has changed. */
export function useDeed(call: () => Promise<unknown>): Deed {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError | null>(null);
  const act = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await call();
    } catch (thrown) {
      setError(asCallError(thrown));
    } finally {
      setBusy(false);
    }
  };
  return {
    busy,
    error,
    run: () => {
      void act();
    },
  };
}
