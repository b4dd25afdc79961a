import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { branchNameRule, projectNameRule } from '../../../contracts/domain/project-names.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';
import type { InOrgPlace } from '../orgs/in-org.tsx';
import { nameCheck, ruleWords } from './names.ts';
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
      name: nameCheck(projectNameRule),
      defaultBranch: nameCheck(branchNameRule),
    },
    rules: { name: ruleWords(projectNameRule), defaultBranch: ruleWords(branchNameRule) },
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
          maxLength={projectNameRule.max}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          {...form.fields.getInputProps('name')}
        />
        <TextInput
          label="Default branch"
          description="It stays as long as the project."
          maxLength={branchNameRule.max}
          autoComplete="off"
          spellCheck={false}
          {...form.fields.getInputProps('defaultBranch')}
        />
      </FormFrame>
    </Dialog>
  );
}
