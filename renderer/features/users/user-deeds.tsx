import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { UserSummary } from '../../../contracts/ipc/users.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { ConfirmForm } from '../../ui/confirm-dialog.tsx';
import { DeedDialog } from '../../ui/deed-dialog.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import type { UserDeed } from './deeds-for.ts';
import { PasswordPanel } from './password-panel.tsx';
import { usersQuery } from './queries.ts';

interface UserDeedProps {
  context: ContextSummary;
  user: UserSummary;
  onClose: () => void;
}

/** Asks before something is done to a user. */
export function UserDeedDialog({ deed, ...props }: UserDeedProps & { deed: UserDeed }): ReactNode {
  switch (deed) {
    case 'disable':
      return <Standing {...props} active={false} />;
    case 'enable':
      return <Standing {...props} active />;
    case 'force':
      return <ForceDialog {...props} />;
    case 'reset':
      return <ResetDialog {...props} />;
  }
}

function Standing({ context, user, active, onClose }: UserDeedProps & { active: boolean }): ReactNode {
  const { name } = user;
  return (
    <DeedDialog
      title={active ? `Enable ${name}?` : `Disable ${name}?`}
      action={active ? 'Enable user' : 'Disable user'}
      harmless={active}
      run={() => keyhold().users.change({ contextId: context.id, userId: user.id, active })}
      done={[active ? `${name} can sign in again` : `${name} is disabled`]}
      stale={[usersQuery(context.id).queryKey]}
      onClose={onClose}
    >
      <p>
        {active
          ? `${name} can sign in to ${context.serviceName} again, with the rights of before.`
          : `Everything that signs ${name} in to ${context.serviceName} stops working at once: sessions, keys and API tokens. The account stays, and can be enabled again.`}
      </p>
    </DeedDialog>
  );
}

function ForceDialog({ context, user, onClose }: UserDeedProps): ReactNode {
  const { name } = user;
  return (
    <DeedDialog
      title={`Have ${name} choose another password?`}
      action="Have it changed"
      run={() => keyhold().users.forcePasswordChange({ contextId: context.id, userId: user.id })}
      done={[`${name} chooses another password at the next sign-in`]}
      stale={[usersQuery(context.id).queryKey]}
      onClose={onClose}
    >
      <p>
        {`All sessions of ${name} end at once. At the next sign-in, with the password of now, ${name} has to choose another one before anything else.`}
      </p>
    </DeedDialog>
  );
}

function ResetDialog({ context, user, onClose }: UserDeedProps): ReactNode {
  const client = useQueryClient();
  const [heldId, setHeldId] = useState<string | null>(null);
  const reset = useMutation({
    mutationFn: () => valueOf(keyhold().users.resetPassword({ contextId: context.id, userId: user.id })),
    onSuccess: (held) => {
      setHeldId(held.heldId);
    },
    onSettled: () => client.invalidateQueries(usersQuery(context.id)),
  });
  if (heldId !== null) {
    return (
      <Dialog opened held onClose={() => undefined} title={`New password of ${user.name}`}>
        <PasswordPanel heldId={heldId} username={user.username} onDone={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog opened onClose={onClose} title={`Reset the password of ${user.name}?`}>
      <ConfirmForm
        action="Reset password"
        busy={reset.isPending}
        error={reset.error}
        onConfirm={reset.mutate}
        onClose={onClose}
      >
        <p>
          {`The password of now stops working and all sessions of ${user.name} end at once. ${context.serviceName} makes a new one, which you hand over; it has to be changed at the next sign-in.`}
        </p>
      </ConfirmForm>
    </Dialog>
  );
}
