import { TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import css from '../../ui/dialog.module.css';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { botsQuery } from './queries.ts';

interface NewBotDialogProps {
  context: ContextSummary;
  org: string;
  onMade: (name: string) => void;
  onClose: () => void;
}

const namePattern = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/** Makes a bot, and goes on to its sheet. */
export function NewBotDialog({ context, org, onMade, onClose }: NewBotDialogProps): ReactNode {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const create = useMutation({
    mutationFn: () => valueOf(keyhold().bots.create({ contextId: context.id, org, name })),
    onSuccess: async () => {
      await client.invalidateQueries(botsQuery(context.id));
      onClose();
      onMade(name);
    },
  });
  const good = namePattern.test(name);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (good && !create.isPending) create.mutate();
  };
  return (
    <Dialog opened onClose={onClose} title="New bot">
      <form className={css['body']} onSubmit={submit}>
        <p>A bot of {org} can do nothing until it has a key and may use a repository. Both come next.</p>
        <TextInput
          label="Name"
          description="Lower-case letters, digits and inner hyphens, such as release-build."
          error={name !== '' && !good ? 'The service does not take this name.' : undefined}
          value={name}
          maxLength={40}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          onChange={(event) => {
            setName(event.currentTarget.value);
          }}
        />
        {create.isError && <ErrorNotice error={create.error} />}
        <div className={css['foot']}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" busy={create.isPending} disabled={!good}>
            Make bot
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
