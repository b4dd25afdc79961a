import { Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { limits } from '../../../contracts/domain/limits.ts';
import type { BotCredential, BotSummary } from '../../../contracts/ipc/bots.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { queries } from '../../lib/queries.ts';
import { Button } from '../../ui/button.tsx';
import dialogCss from '../../ui/dialog.module.css';
import { ErrorNotice } from '../../ui/notice.tsx';
import { CredentialPanel } from './credential-panel.tsx';

interface BotKeyDialogProps {
  context: ContextSummary;
  bot: BotSummary;
  onClose: () => void;
}

/** Makes a key for a bot and hands its credential out, once. */
export function BotKeyDialog({ context, bot, onClose }: BotKeyDialogProps): ReactNode {
  const [credential, setCredential] = useState<BotCredential | null>(null);
  if (credential === null) {
    return (
      <Modal opened onClose={onClose} title={`New key for ${bot.name}`}>
        <MakeForm context={context} bot={bot} onMade={setCredential} onClose={onClose} />
      </Modal>
    );
  }
  return (
    <Modal
      opened
      onClose={() => undefined}
      title={`Credential of ${bot.name}`}
      size="lg"
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
    >
      <CredentialPanel credential={credential} onDone={onClose} />
    </Modal>
  );
}

interface MakeFormProps extends BotKeyDialogProps {
  onMade: (credential: BotCredential) => void;
}

function MakeForm({ context, bot, onMade, onClose }: MakeFormProps): ReactNode {
  const client = useQueryClient();
  const [label, setLabel] = useState('CI');
  const { org, name } = bot;
  const make = useMutation({
    mutationFn: () =>
      valueOf(keyhold().bots.makeKey({ contextId: context.id, org, name, label: label.trim() })),
    onSuccess: onMade,
    onSettled: () => client.invalidateQueries(queries.bots(context.id)),
  });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (label.trim() !== '' && !make.isPending) make.mutate();
  };
  return (
    <form className={dialogCss['body']} onSubmit={submit}>
      <p>
        Keyhold makes the key here and registers it for {org}/{name}. You then take the credential to your CI;
        Keyhold keeps no copy.
      </p>
      <TextInput
        label="Key label"
        description="Says where the key is used."
        value={label}
        maxLength={limits.keyLabelMax}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
        onChange={(event) => {
          setLabel(event.currentTarget.value);
        }}
      />
      {make.isError && <ErrorNotice error={make.error} />}
      <div className={dialogCss['foot']}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="primary" busy={make.isPending} disabled={label.trim() === ''}>
          Make and register key
        </Button>
      </div>
    </form>
  );
}
