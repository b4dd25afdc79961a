import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { Choice } from '../../ui/choice.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFrame } from '../../ui/form.tsx';
import { accessAt, accessOptions, offeredOr } from './browser-access.ts';
import { useBrowserSignIn } from './use-browser-sign-in.ts';

interface BrowserSignInDialogProps {
  context: ContextSummary;
  opened: boolean;
  onClose: () => void;
}

/** Asks how long a context is to stay signed in, and opens the browser for it. */
export function BrowserSignInDialog({ context, opened, onClose }: BrowserSignInDialogProps): ReactNode {
  return (
    <Dialog opened={opened} onClose={onClose} title={`Sign in to ${context.host}`}>
      <AccessForm context={context} onClose={onClose} />
    </Dialog>
  );
}

function AccessForm({ context, onClose }: Omit<BrowserSignInDialogProps, 'opened'>): ReactNode {
  const navigate = useNavigate();
  const offered = accessAt(context);
  const [access, setAccess] = useState(() => offeredOr(offered, 'api-key'));
  const { mutate, isPending, error } = useBrowserSignIn(() => {
    onClose();
    return navigate('/sign-in/browser');
  });
  const submit = (event: SyntheticEvent<HTMLFormElement>): void => {
    event.preventDefault();
    mutate({ target: { kind: 'context', contextId: context.id }, access, elsewhere: false });
  };
  return (
    <FormFrame
      form={{ busy: isPending, error, submit }}
      action="Open browser"
      busyAction="Opening the browser…"
      onCancel={onClose}
    >
      <p>
        A page of {context.serviceName} asks you to sign in and to let Keyhold act as you
        {context.org === null ? '' : ` in ${context.org}`}.
      </p>
      <Choice
        label="How long to stay signed in"
        options={accessOptions(offered)}
        value={access}
        onChange={setAccess}
      />
    </FormFrame>
  );
}
