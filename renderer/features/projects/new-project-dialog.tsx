import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';
import type { InOrgPlace } from '../orgs/in-org.tsx';
import {
  branchNamePattern,
  branchNameRule,
  nameCheck,
  projectNamePattern,
  projectNameRule,
} from './names.ts';
import { projectsQuery } from './queries.ts';

interface NewProjectDialogProps extends InOrgPlace {
  onMade: (id: string) => void;
  onClose: () => void;
}

/** Makes a project, and goes on to its sheet. */
export function NewProjectDialog({ context, org, onMade, onClose }: NewProjectDialogProps): ReactNode {
  const client = useQueryClient();
  const form = useFieldForm({
    initialValues: { name: '', defaultBranch: 'main' },
    validate: {
      name: nameCheck(projectNamePattern, projectNameRule),
      defaultBranch: nameCheck(branchNamePattern, branchNameRule),
    },
    rules: { name: projectNameRule, defaultBranch: branchNameRule },
    fieldOf: ({ code }) => (code === 'project_name_taken' ? 'name' : undefined),
    send: ({ name, defaultBranch }) => {
      const names = { name: name.trim(), defaultBranch: defaultBranch.trim() };
      return valueOf(keyhold().projects.create({ contextId: context.id, ...names }));
    },
    onDone: async ({ id }) => {
      await client.invalidateQueries(projectsQuery(context));
      onClose();
      onMade(id);
    },
  });
  return (
    <Dialog opened onClose={onClose} title="New project">
      <FormFrame form={form} action="Make project" onCancel={onClose}>
        <p>A project of {org.name}.</p>
        <TextInput
          label="Name"
          description="Lower-case letters, digits and inner . _ -, such as web-shop."
          maxLength={64}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          {...form.fields.getInputProps('name')}
        />
        <TextInput
          label="Default branch"
          description="It stays as long as the project."
          maxLength={100}
          autoComplete="off"
          spellCheck={false}
          {...form.fields.getInputProps('defaultBranch')}
        />
      </FormFrame>
    </Dialog>
  );
}
