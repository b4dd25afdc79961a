import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type ReactNode, type SyntheticEvent } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import css from '../../ui/dialog.module.css';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { toastDone, toastError } from '../../ui/toast.ts';
import { contextsQuery } from '../contexts/queries.ts';
import { UserIdField, userIdProblem, userIdProblemSoFar } from '../contexts/user-id-field.tsx';
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
  const input = useRef<HTMLInputElement>(null);
  const [userId, setUserId] = useState(context.userId);
  const [problem, setProblem] = useState(userIdProblem(context.userId));
  const correct = useMutation({
    mutationFn: () =>
      valueOf(keyhold().contexts.correctUser({ contextId: context.id, userId: userId.trim() })),
    onSuccess: async () => {
      await client.refetchQueries(contextsQuery);
      await client.invalidateQueries(cardQuery(context.id));
      await client.invalidateQueries(waitQuery(context.id));
      onClose();
      toastDone('User id corrected. Copy the new token.');
    },
  });
  const openDashboard = useMutation({
    mutationFn: () => valueOf(keyhold().contexts.openDashboard({ contextId: context.id })),
    onError: toastError,
  });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    const found = userIdProblem(userId);
    setProblem(found);
    if (found !== null) input.current?.focus();
    else if (!correct.isPending) correct.mutate();
  };
  return (
    <form className={css['body']} onSubmit={submit} noValidate>
      <p>The key stays; its registration token is made anew for the right user.</p>
      <UserIdField
        ref={input}
        service={{ name: context.serviceName, hasDashboard: context.hasDashboard }}
        onOpenDashboard={openDashboard.mutate}
        value={userId}
        problem={problem}
        data-autofocus
        onChange={({ currentTarget: { value } }) => {
          setUserId(value);
          setProblem(userIdProblemSoFar(value));
        }}
      />
      {correct.isError && <ErrorNotice error={correct.error} />}
      <div className={css['foot']}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="primary" busy={correct.isPending}>
          Correct user id
        </Button>
      </div>
    </form>
  );
}
