import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFrame } from '../../ui/form.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { toastDone } from '../../ui/toast.ts';
import { signInBeforeQuery } from './queries.ts';
import { usePasswordForm } from './use-password-form.tsx';

interface PasswordDialogProps {
  context: ContextSummary;
  opened: boolean;
  onClose: () => void;
}

/** Signs a context that is there in with user name and password. */
export function PasswordSignInDialog({ context, opened, onClose }: PasswordDialogProps): ReactNode {
  return (
    <Dialog opened={opened} onClose={onClose} title={`Sign in to ${context.host}`}>
      <ContextPasswordForm
        context={context}
        onCancel={onClose}
        onSignedIn={() => {
          onClose();
          toastDone(`Signed in to ${context.host}`);
        }}
      />
    </Dialog>
  );
}

interface ContextPasswordFormProps {
  context: ContextSummary;
  onCancel: () => void;
  onSignedIn: () => void;
}

/** The form of the dialogs, with the user name that is known. */
export function ContextPasswordForm(props: ContextPasswordFormProps): ReactNode {
  const known = useQuery(signInBeforeQuery(props.context.id));
  return known.isPending ? (
    <LinesSkeleton lines={3} />
  ) : (
    <KnownUserForm {...props} username={known.data?.username ?? ''} />
  );
}

function KnownUserForm({
  context,
  username,
  onCancel,
  onSignedIn,
}: ContextPasswordFormProps & { username: string }): ReactNode {
  const { form, wantsNew, fields } = usePasswordForm({
    serviceName: context.serviceName,
    username,
    target: () => ({ kind: 'context', contextId: context.id }),
    onSignedIn,
  });
  return (
    <FormFrame
      form={form}
      label="Sign in with a password"
      action={wantsNew ? 'Set password and sign in' : 'Sign in'}
      busyAction="Signing in…"
      onCancel={onCancel}
    >
      {fields}
    </FormFrame>
  );
}
