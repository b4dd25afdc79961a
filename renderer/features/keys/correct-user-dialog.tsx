import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';
import { toastDone } from '../../ui/toast.ts';
import { useAction } from '../../ui/use-action.ts';
import { contextsQuery } from '../contexts/queries.ts';
import {
  UserIdField,
  userIdProblem,
  userIdProblemSoFar,
  type UserIdInput,
} from '../contexts/user-id-field.tsx';
import { cardQuery, waitQuery } from './queries.ts';

interface CorrectUserDialogProps {
  context: ContextSummary;
  opened: boolean;
  onClose: () => void;
}

/** Changes the user of a context whose key is not registered yet: for an id that was mistyped. */
export function CorrectUserDialog({ context, opened, onClose }: CorrectUserDialogProps): ReactNode {
  return (
    <Dialog opened={opened} onClose={onClose} title="Correct user id">
      <CorrectUserForm context={context} onClose={onClose} />
    </Dialog>
  );
}

function CorrectUserForm({ context, onClose }: Omit<CorrectUserDialogProps, 'opened'>): ReactNode {
  const client = useQueryClient();
  const form = useFieldForm({
    initialValues: { userId: context.userId },
    validate: { userId: userIdProblem },
    fieldOf: ({ code }) => (code === 'invalid_user_id' || code === 'already_added' ? 'userId' : undefined),
    send: ({ userId }) =>
      valueOf(keyhold().contexts.correctUser({ contextId: context.id, userId: userId.trim() })),
    onDone: async () => {
      await client.refetchQueries(contextsQuery);
      await client.invalidateQueries(cardQuery(context.id));
      await client.invalidateQueries(waitQuery(context.id));
      onClose();
      toastDone('User id corrected. Copy the new token.');
    },
  });
  const openDashboard = useAction(() => keyhold().contexts.openDashboard({ contextId: context.id }));
  const { userId } = form.fields.values;
  const { error, ...input } = form.fields.getInputProps('userId') as UserIdInput;
  // An id from before may be wrong already.
  const problem = (userId === context.userId ? userIdProblem : userIdProblemSoFar)(userId);
  return (
    <FormFrame form={form} action="Correct user id" onCancel={onClose}>
      <p>The key stays; its registration token is made anew for the right user.</p>
      <UserIdField
        service={{ name: context.serviceName, hasDashboard: context.hasDashboard }}
        onOpenDashboard={openDashboard.mutate}
        data-autofocus
        {...input}
        problem={error ?? problem}
      />
    </FormFrame>
  );
}
