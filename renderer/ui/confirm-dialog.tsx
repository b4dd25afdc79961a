import { TextInput } from '@mantine/core';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { Button } from './button.tsx';
import css from './dialog.module.css';
import { Dialog } from './dialog.tsx';
import { ErrorNotice } from './notice.tsx';

interface ConfirmDialogProps {
  opened: boolean;
  title: string;
  /** What is lost. */
  children: ReactNode;
  /** The deed, as the button names it. */
  action: string;
  /** Left out where something is lost by it. */
  deed?: 'harmless';
  /** A name to type first, for what cannot be undone. */
  typeToConfirm?: string;
  busy: boolean;
  error: unknown;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something is lost. */
export function ConfirmDialog(props: ConfirmDialogProps): ReactNode {
  const { opened, title, onClose, ...rest } = props;
  return (
    <Dialog opened={opened} onClose={onClose} title={title}>
      <ConfirmForm {...rest} onClose={onClose} />
    </Dialog>
  );
}

/** What is in the dialog, for one that goes on after it. */
export function ConfirmForm(props: Omit<ConfirmDialogProps, 'opened' | 'title'>): ReactNode {
  const { children, action, deed, typeToConfirm, busy, error, onConfirm, onClose } = props;
  const [typed, setTyped] = useState('');
  const confirmed = typeToConfirm === undefined || typed.trim() === typeToConfirm;
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (confirmed && !busy) onConfirm();
  };
  return (
    <form className={css['body']} onSubmit={submit}>
      {children}
      {typeToConfirm !== undefined && (
        <TextInput
          label={`Type ${typeToConfirm} to confirm`}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          onChange={(event) => {
            setTyped(event.currentTarget.value);
          }}
        />
      )}
      {error !== null && <ErrorNotice error={error} />}
      <div className={css['foot']}>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          type="submit"
          kind={deed === 'harmless' ? 'primary' : 'danger'}
          busy={busy}
          disabled={!confirmed}
        >
          {action}
        </Button>
      </div>
    </form>
  );
}
