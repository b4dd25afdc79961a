import { Modal, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { defaultKeyAge, type KeyAge } from '../../../contracts/domain/key-expiry.ts';
import { limits } from '../../../contracts/domain/limits.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import css from '../../ui/dialog.module.css';
import { ErrorNotice } from '../../ui/notice.tsx';
import { KeyAgeSelect } from './key-age-select.tsx';

interface NewKeyDialogProps {
  context: ContextSummary;
  opened: boolean;
  onClose: () => void;
}

/** Makes one more key for a context, and goes on to its registration. */
export function NewKeyDialog({ context, opened, onClose }: NewKeyDialogProps): ReactNode {
  return (
    <Modal opened={opened} onClose={onClose} title="New key">
      <NewKeyForm context={context} onClose={onClose} />
    </Modal>
  );
}

function NewKeyForm({ context, onClose }: Omit<NewKeyDialogProps, 'opened'>): ReactNode {
  const navigate = useNavigate();
  const [label, setLabel] = useState('');
  const [age, setAge] = useState<KeyAge>(defaultKeyAge);
  const make = useMutation({
    mutationFn: () => valueOf(keyhold().keys.make({ contextId: context.id, label: label.trim(), age })),
    onSuccess: async () => {
      onClose();
      await navigate('/status/register');
    },
  });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (label.trim() !== '' && !make.isPending) make.mutate();
  };
  return (
    <form className={css['body']} onSubmit={submit}>
      <p>
        The new key signs in to {context.serviceName} as {context.userId} once it is registered. From then on
        it takes the place of the key that signs now.
      </p>
      <TextInput
        label="Key label"
        description="Tells your keys apart, here and on the dashboard."
        value={label}
        maxLength={limits.keyLabelMax}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
        onChange={(event) => {
          setLabel(event.currentTarget.value);
        }}
      />
      <KeyAgeSelect value={age} onChange={setAge} />
      {make.isError && <ErrorNotice error={make.error} />}
      <div className={css['foot']}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="primary" busy={make.isPending} disabled={label.trim() === ''}>
          Make key
        </Button>
      </div>
    </form>
  );
}
