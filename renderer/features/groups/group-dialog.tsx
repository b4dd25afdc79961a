import { Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { GroupSummary } from '../../../contracts/ipc/groups.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';
import { toastDone } from '../../ui/toast.ts';
import { groupsQuery } from './queries.ts';

interface GroupDialogProps {
  context: ContextSummary;
  /** The group to change; null makes one. */
  group: GroupSummary | null;
  /** It is as it was wanted; a new one has no members yet. */
  onDone: (groupId: string) => void;
  onClose: () => void;
}

/** Makes a group, or changes what it is called. */
export function GroupDialog({ context, group, onDone, onClose }: GroupDialogProps): ReactNode {
  const client = useQueryClient();
  const before = { name: group?.name ?? '', description: group?.description ?? '' };
  const wordsOf = ({ name, description }: typeof before) => ({
    name: name.trim(),
    description: description.trim(),
  });
  const form = useFieldForm({
    initialValues: { ...before, organization: context.org ?? '' },
    validate: { name: (name: string) => (name.trim() === '' ? 'Enter a name.' : null) },
    rules: {
      name: 'One line of 100 characters at most.',
      organization: 'Lower-case letters, digits and inner hyphens.',
    },
    fieldOf: ({ code }) => (code === 'group_name_taken' ? ('name' as const) : undefined),
    send: async ({ organization, ...typed }) => {
      const by = { contextId: context.id, ...wordsOf(typed) };
      if (group !== null) {
        await valueOf(keyhold().groups.change({ ...by, groupId: group.id }));
        return group.id;
      }
      const slug = organization.trim();
      return (await valueOf(keyhold().groups.create({ ...by, organization: slug === '' ? null : slug }))).id;
    },
    onDone: async (groupId, typed) => {
      await client.invalidateQueries(groupsQuery(context.id));
      toastDone(`${group === null ? 'Made' : 'Changed'} the group ${typed.name.trim()}`);
      onClose();
      onDone(groupId);
    },
  });
  const { values, getInputProps } = form.fields;
  const { name, description } = wordsOf(values);
  return (
    <Dialog opened onClose={onClose} title={group === null ? 'New group' : `Edit the group ${group.name}`}>
      <FormFrame
        form={form}
        {...(group === null
          ? { action: 'Make group', busyAction: 'Making the group…' }
          : {
              ...{ action: 'Save changes', busyAction: 'Saving…' },
              disabled: name === before.name && description === before.description,
            })}
        onCancel={onClose}
      >
        <TextInput
          label="Name"
          maxLength={100}
          autoComplete="off"
          data-autofocus
          {...getInputProps('name')}
        />
        <Textarea
          label="Description"
          description="Who belongs in it, for those who give it permissions."
          rows={2}
          maxLength={1000}
          {...getInputProps('description')}
        />
        {group === null && (
          <TextInput
            label="Organization"
            description="Its members see the group. Empty for the service’s own."
            maxLength={39}
            autoComplete="off"
            spellCheck={false}
            {...getInputProps('organization')}
          />
        )}
      </FormFrame>
    </Dialog>
  );
}
