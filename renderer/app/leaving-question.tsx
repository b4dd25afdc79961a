import { useState, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../contracts/domain/context.ts';
import { keepPreparedOf, pendingOrganizations } from '../features/access/model/prepared.ts';
import type { PermissionsPageState } from '../features/access/model/review-asked.ts';
import { counted } from '../lib/format.ts';
import type { Leave } from '../lib/leaving.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogBody } from '../ui/dialog.tsx';

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
    const state: PermissionsPageState = { review: organization };
    void navigate('/permissions', { state });
  };
  const [first] = waiting;
  if (asked === null || context === null || first === undefined) return { leave, question: null };
  const count = waiting.reduce((sum, each) => sum + each.count, 0);
  const isLock = asked.how === 'lock';
  const question = (
    <Dialog
      opened
      title={`${counted(count, 'change')} of access ${count === 1 ? 'is' : 'are'} not applied`}
      onClose={close}
    >
      <DialogBody
        buttons={
          <>
            <Button onClick={() => review(first)}>Review</Button>
            <Button kind="primary" data-autofocus onClick={() => go(asked)}>
              {isLock ? 'Lock anyway' : 'Switch anyway'}
            </Button>
          </>
        }
      >
        <p>
          {isLock
            ? `Nobody’s access changes before you apply. What you prepared waits in ${context.name} until you unlock again, as long as Keyhold runs.`
            : `Nobody’s access changes before you apply. What you prepared waits in ${context.name} until you come back, as long as Keyhold runs.`}
        </p>
      </DialogBody>
    </Dialog>
  );
  return { leave, question };
}
