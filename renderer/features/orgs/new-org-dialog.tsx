import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';
import { toastDone } from '../../ui/toast.ts';
import { orgKey } from './queries.ts';

interface NewOrgDialogProps {
  context: ContextSummary;
  onClose: () => void;
}

const slugPattern = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

const slugRule = 'Lower-case letters, digits and inner hyphens, 40 at most.';

/** Makes a team organization. */
export function NewOrgDialog({ context, onClose }: NewOrgDialogProps): ReactNode {
  const client = useQueryClient();
  const form = useFieldForm({
    initialValues: { name: '', slug: '' },
    validate: {
      name: (name) => (name.trim() === '' ? 'Enter a name.' : null),
      slug: (slug) => (slug.trim() === '' || slugPattern.test(slug.trim()) ? null : slugRule),
    },
    rules: { name: 'One line of 64 characters at most.', slug: slugRule },
    fieldOf: ({ code }) => (code === 'org_slug_taken' ? 'slug' : undefined),
    send: ({ name, slug }) => {
      const typed = { name: name.trim(), slug: slug.trim() === '' ? null : slug.trim() };
      return valueOf(keyhold().orgs.create({ contextId: context.id, ...typed }));
    },
    onDone: async ({ slug }, { name }) => {
      await client.invalidateQueries({ queryKey: orgKey('orgs', context) });
      onClose();
      // It is made, whether or not the context can act in it yet.
      const switched = await keyhold().orgs.switchTo({ contextId: context.id, org: slug });
      const then = switched.ok ? 'You are its owner, and act in it now.' : 'You are its owner.';
      toastDone(`Made ${name.trim()}`, `${then} Its short name is ${slug}.`);
    },
  });
  return (
    <Dialog opened onClose={onClose} title="New organization">
      <FormFrame form={form} action="Make organization" onCancel={onClose}>
        <p>A team organization of {context.serviceName}. You become its owner and invite others.</p>
        <TextInput
          label="Name"
          description="What people see. It can be changed later."
          maxLength={64}
          autoComplete="off"
          data-autofocus
          {...form.fields.getInputProps('name')}
        />
        <TextInput
          label="Short name"
          description="Part of addresses, such as the names of repositories, and stays. Made of the name when it is left empty."
          maxLength={40}
          autoComplete="off"
          spellCheck={false}
          {...form.fields.getInputProps('slug')}
        />
      </FormFrame>
    </Dialog>
  );
}

/** Opens the dialog. */
export function NewOrgButton({ context }: Pick<NewOrgDialogProps, 'context'>): ReactNode {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button kind="primary" icon={<Plus />} onClick={() => setOpened(true)}>
        New organization…
      </Button>
      {opened && <NewOrgDialog context={context} onClose={() => setOpened(false)} />}
    </>
  );
}
