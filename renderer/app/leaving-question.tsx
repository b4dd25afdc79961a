import { useState, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../contracts/domain/context.ts';
import { keepPreparedOf, pendingOrganizations } from '../features/access/model/prepared-work.ts';
import type { PermissionsPageState } from '../features/access/model/page-asked.ts';
import type { Leave } from '../lib/leaving.ts';
import { lazy } from '../ui/lazy.tsx';

const LeavingDialog = lazy(async () => (await import('./leaving-dialog.tsx')).LeavingDialog);

interface Leaving {
  /** Leaves, or asks first. */
  leave: (leave: Leave) => void;
  question: ReactNode;
}

/**
 * Asks before a click locks or switches to another context, while changes of access are pending in this one. The lock's
 * key does not ask: whoever presses it walks away, and what is pending stays.
 */
export function useLeaving(context: ContextSummary | null): Leaving {
  const [asked, setAsked] = useState<Leave | null>(null);
  const navigate = useNavigate();
  // Before anything shows it.
  if (context !== null) keepPreparedOf(context);
  const waiting = context === null ? [] : pendingOrganizations(context.id);
  const close = (): void => setAsked(null);
  const go = (leave: Leave): void => {
    close();
    leave.go();
  };
  const leave = (next: Leave): void => {
    if (context !== null && pendingOrganizations(context.id).length > 0) setAsked(next);
    else go(next);
  };
  const review = ({ organization }: { organization: string }): void => {
    close();
    const state: PermissionsPageState = { organization, show: 'review' };
    void navigate('/permissions', { state });
  };
  const [first] = waiting;
  if (asked === null || context === null || first === undefined) return { leave, question: null };
  const question = (
    <LeavingDialog
      count={waiting.reduce((sum, { count }) => sum + count, 0)}
      contextName={context.name}
      isLock={asked.how === 'lock'}
      onReview={() => review(first)}
      onLeave={() => go(asked)}
      onClose={close}
    />
  );
  return { leave, question };
}
