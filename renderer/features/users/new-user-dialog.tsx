import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { ServerRole } from '../../../contracts/server-api/artifact-keeper/session.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Choice } from '../../ui/choice.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';
import { toastDone } from '../../ui/toast.ts';
import { PasswordPanel } from './password-panel.tsx';
import { usersQuery } from './queries.ts';
import { roleOptions } from './user-words.ts';

interface NewUserDialogProps {
  context: ContextSummary;
  onClose: () => void;
}

/** A new user whose password is to be handed over. */
interface Told {
  heldId: string;
  username: string;
}

/** Makes a user, and hands out the first password. */
export function NewUserDialog({ context, onClose }: NewUserDialogProps): ReactNode {
  const [told, setTold] = useState<Told | null>(null);
  if (told !== null) {
    return (
      <Dialog opened held onClose={() => undefined} title={`First password of ${told.username}`}>
        <PasswordPanel {...told} onDone={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog opened onClose={onClose} title="New user" size={520}>
      <NewUserForm context={context} onTold={setTold} onClose={onClose} />
    </Dialog>
  );
}

const empty = { username: '', email: '', name: '', role: 'user' as ServerRole };

function NewUserForm({
  context,
  onTold,
  onClose,
}: NewUserDialogProps & { onTold: (told: Told) => void }): ReactNode {
  const client = useQueryClient();
  const form = useFieldForm({
    initialValues: empty,
    validate: {
      username: (username: string) => (username.trim() === '' ? 'Enter a user name.' : null),
      email: (email: string) => (email.trim() === '' ? 'Enter an address.' : null),
    },
    rules: {
      username: 'Letters from a to z, digits and inner dots, hyphens and underscores; 64 at most.',
      email: 'Enter an address such as name@example.com.',
      name: 'One line of 100 characters at most.',
    },
    fieldOf: ({ code }) =>
      ({ username_taken: 'username' as const, email_taken: 'email' as const })[code as string],
    send: ({ username, email, name, role }) =>
      valueOf(
        keyhold().users.create({
          contextId: context.id,
          username: username.trim(),
          email: email.trim(),
          name: name.trim() === '' ? null : name.trim(),
          role,
        }),
      ),
    onDone: async ({ user: { username }, held }) => {
      await client.invalidateQueries(usersQuery(context.id));
      if (held !== null) {
        onTold({ ...held, username });
        return;
      }
      toastDone(`Made ${username}`);
      onClose();
    },
  });
  const { values, setFieldValue, getInputProps } = form.fields;
  return (
    <FormFrame form={form} action="Make user" busyAction="Making the user…" onCancel={onClose}>
      <TextInput
        label="User name"
        description="For signing in. It cannot be changed later."
        maxLength={64}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
        {...getInputProps('username')}
      />
      <TextInput
        label="Email"
        type="email"
        maxLength={254}
        autoComplete="off"
        spellCheck={false}
        {...getInputProps('email')}
      />
      <TextInput
        label="Name"
        description="What others see; without one, the user name."
        maxLength={100}
        autoComplete="off"
        {...getInputProps('name')}
      />
      <Choice
        label="Role"
        options={roleOptions}
        value={values.role}
        onChange={(role) => setFieldValue('role', role)}
      />
    </FormFrame>
  );
}
