import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { UserSummary } from '../../../contracts/ipc/users.ts';
import type { ServerRole } from '../../../contracts/server-api/artifact-keeper/session.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Choice } from '../../ui/choice.tsx';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';
import { toastDone } from '../../ui/toast.ts';
import { usersQuery } from './queries.ts';
import { roleOptions } from './user-words.ts';

interface EditUserFormProps {
  context: ContextSummary;
  user: UserSummary;
  /** It is the account of whoever looks. */
  own: boolean;
}

/** Changes a user's name, address and role. Only what was changed is sent: others may have changed the rest. */
export function EditUserForm({ context, user, own }: EditUserFormProps): ReactNode {
  const client = useQueryClient();
  const changeOf = ({ name, email, role }: { name: string; email: string; role: string }) => ({
    ...(name.trim() !== user.name && { name: name.trim() }),
    ...(email.trim() !== user.email && { email: email.trim() }),
    ...(role !== user.role && { role: role as ServerRole }),
  });
  const form = useFieldForm({
    initialValues: { name: user.name, email: user.email, role: user.role },
    validate: {
      name: (name: string) => (name.trim() === '' ? 'Enter a name.' : null),
      email: (email: string) => (email.trim() === '' ? 'Enter an address.' : null),
    },
    rules: {
      name: 'One line of 100 characters at most.',
      email: 'Enter an address such as name@example.com.',
    },
    fieldOf: ({ code }) => (code === 'email_taken' ? ('email' as const) : undefined),
    send: (values) =>
      valueOf(keyhold().users.change({ contextId: context.id, userId: user.id, ...changeOf(values) })),
    onDone: async (_done, { name }) => {
      await client.invalidateQueries(usersQuery(context.id));
      toastDone(`Changed ${name.trim()}`);
    },
  });
  const { values, setFieldValue, getInputProps } = form.fields;
  return (
    <FormFrame
      form={form}
      label="Account"
      action="Save changes"
      disabled={Object.keys(changeOf(values)).length === 0}
    >
      <TextInput label="Name" maxLength={100} autoComplete="off" {...getInputProps('name')} />
      <TextInput
        label="Email"
        type="email"
        maxLength={254}
        autoComplete="off"
        spellCheck={false}
        {...getInputProps('email')}
      />
      {own ? (
        <p className="kh-dim">Your own role is changed by another administrator.</p>
      ) : (
        <Choice
          label="Role"
          options={roleOptions}
          value={values.role as ServerRole}
          onChange={(role) => setFieldValue('role', role)}
        />
      )}
      {values.role !== user.role && (
        <p role="status">{`All sessions of ${user.name} end at once: the new role counts from the next sign-in.`}</p>
      )}
    </FormFrame>
  );
}
