import { TextInput } from '@mantine/core';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { limits } from '../../../contracts/domain/limits.ts';
import { Button } from '../../ui/button.tsx';
import css from '../../ui/dialog.module.css';
import { ErrorNotice } from '../../ui/notice.tsx';

interface MakeKeyFormProps {
  /** What the key will be for. */
  children: ReactNode;
  /** What the label is good for. */
  hint: string;
  /** What stands in the field at first. */
  label?: string;
  /** Further fields. */
  more?: ReactNode;
  /** The deed, as the button names it. */
  action: string;
  busy: boolean;
  error: unknown;
  onMake: (label: string) => void;
  onClose: () => void;
}

/** Asks for a new key's label, in a dialog. */
export function MakeKeyForm(props: MakeKeyFormProps): ReactNode {
  const { children, hint, label: first = '', more, action, busy, error, onMake, onClose } = props;
  const [typed, setTyped] = useState(first);
  const label = typed.trim();
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (label !== '' && !busy) onMake(label);
  };
  return (
    <form className={css['body']} onSubmit={submit}>
      <p>{children}</p>
      <TextInput
        label="Key label"
        description={hint}
        value={typed}
        maxLength={limits.keyLabelMax}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
        onChange={(event) => {
          setTyped(event.currentTarget.value);
        }}
      />
      {more}
      {error !== null && <ErrorNotice error={error} />}
      <div className={css['foot']}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="primary" busy={busy} disabled={label === ''}>
          {action}
        </Button>
      </div>
    </form>
  );
}
