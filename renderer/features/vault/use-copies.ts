import { useEffect, useState } from 'react';
import { asCallError, keyhold, valueOf, type Answer, type CallError } from '../../lib/api.ts';

type Copies = Answer<'rescue', 'copies'>;

/** The copies that pass the checks; null until they were looked at. */
export function useCopies(): { copies: Copies | null; error: CallError | null } {
  const [copies, setCopies] = useState<Copies | null>(null);
  const [error, setError] = useState<CallError | null>(null);
  useEffect(() => {
    valueOf(keyhold().rescue.copies()).then(setCopies, (thrown: unknown) => setError(asCallError(thrown)));
  }, []);
  return { copies, error };
}
