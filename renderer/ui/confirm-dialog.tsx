import { TextInput } from '@mantine/core';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { Dialog } from './dialog.tsx';
import { FormFrame } from './form.tsx';

interface ConfirmDialogProps {
  opened: boolean;
  title: string;
  /** What is lost. */
  children: ReactNode;
  /** The words of its button. */
  action: string;
  /** Nothing is lost by it. */
  harmless?: boolean;
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
  const { children, action, harmless = false, typeToConfirm, busy, error, onConfirm, onClose } = props;
  const [typed, setTyped] = useState('');
  const confirmed = typeToConfirm === undefined || typed.trim() === typeToConfirm;
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (confirmed && !busy) onConfirm();
  };
  return (
    <FormFrame
      form={{ busy, error, submit }}
      action={action}
      kind={harmless ? 'primary' : 'danger'}
      disabled={!confirmed}
      onCancel={onClose}
    >
      {children}
      {typeToConfirm !== undefined && (
        <TextInput
          label={`Type ${typeToConfirm} to confirm`}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
    </FormFrame>
  );
}
