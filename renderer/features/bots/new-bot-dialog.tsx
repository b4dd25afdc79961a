import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';
import { botsQuery } from './queries.ts';

interface NewBotDialogProps {
  context: ContextSummary;
  org: string;
  onMade: (name: string) => void;
  onClose: () => void;
}

const namePattern = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

const nameProblem = 'The service does not take this name.';

/** Makes a bot, and goes on to its sheet. */
export function NewBotDialog({ context, org, onMade, onClose }: NewBotDialogProps): ReactNode {
  const client = useQueryClient();
  const form = useFieldForm({
    initialValues: { name: '' },
    rules: { name: nameProblem },
    fieldOf: ({ code }) => (code === 'bot_name_taken' ? 'name' : undefined),
    send: ({ name }) => valueOf(keyhold().bots.create({ contextId: context.id, org, name })),
    onDone: async (_bot, { name }) => {
      await client.invalidateQueries(botsQuery(context));
      onClose();
      onMade(name);
    },
  });
  const { name } = form.fields.values;
  const input = form.fields.getInputProps('name');
  const good = namePattern.test(name);
  return (
    <Dialog opened onClose={onClose} title="New bot">
      <FormFrame form={form} action="Make bot" disabled={!good} onCancel={onClose}>
        <p>A bot of {org} can do nothing until it has a key and may use a repository. Both come next.</p>
        <TextInput
          {...input}
          label="Name"
          description="Lower-case letters, digits and inner hyphens, such as release-build."
          error={name !== '' && !good ? nameProblem : (input.error as ReactNode)}
          maxLength={40}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
      </FormFrame>
    </Dialog>
  );
}
