import { Textarea } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { PendingAccount } from '../../../contracts/ipc/accounts.ts';
import { keyhold } from '../../lib/api.ts';
import { DeedDialog } from '../../ui/deed-dialog.tsx';
import { pendingQuery } from './queries.ts';

/** What is to be decided about an account. */
export interface Decision {
  kind: 'approve' | 'deny';
  account: PendingAccount;
}

interface DecisionDialogProps {
  context: ContextSummary;
  decision: Decision;
  onClose: () => void;
}

/** Lets an account in, or not, with a note for the person. */
export function DecisionDialog({ context, decision, onClose }: DecisionDialogProps): ReactNode {
  const { kind, account } = decision;
  const [note, setNote] = useState('');
  const approves = kind === 'approve';
  const request = { contextId: context.id, userId: account.userId, note: note.trim() };
  return (
    <DeedDialog
      title={approves ? `Approve ${account.name}?` : `Deny ${account.name}?`}
      action={approves ? 'Approve account' : 'Deny account'}
      harmless={approves}
      run={() => (approves ? keyhold().accounts.approve(request) : keyhold().accounts.deny(request))}
      done={[approves ? `${account.name} is let in` : `${account.name} is not let in`]}
      stale={[pendingQuery(context.id).queryKey]}
      onClose={onClose}
    >
      <p>
        {approves
          ? `${account.email} may use ${context.serviceName} from now on.`
          : `${account.email} cannot sign in to ${context.serviceName} any more.`}
      </p>
      <Textarea
        label="Note"
        description={`${account.name} can read it. It may be empty.`}
        rows={3}
        maxLength={500}
        value={note}
        data-autofocus
        onChange={(event) => setNote(event.currentTarget.value)}
      />
    </DeedDialog>
  );
}
