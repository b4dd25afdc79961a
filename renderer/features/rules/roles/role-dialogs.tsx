import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { roleNameMax } from '../../../../contracts/domain/role.ts';
import type { Role } from '../../../../contracts/ipc/rules.ts';
import { ruleLines } from '../../../../contracts/permissions/rule.ts';
import { keyhold, valueOf } from '../../../lib/api.ts';
import { andWords, counted } from '../../../lib/format.ts';
import { DeedDialog } from '../../../ui/deed-dialog.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { FormFrame, useFieldForm } from '../../../ui/form.tsx';
import { toastDone } from '../../../ui/toast.ts';
import type { RoleContent } from '../model/desk.ts';
import { rolesQuery } from '../queries.ts';

/** What is done with a name: a role of no rules yet, one of these rules, or another name for one. */
export type Naming =
  { kind: 'new' } | { kind: 'duplicate'; of: Role; content: RoleContent } | { kind: 'rename'; role: Role };

interface NameDialogProps {
  naming: Naming;
  onDone: (role: Role) => void;
  onClose: () => void;
}

/** Asks for the name of a role, and keeps it. */
export function NameDialog({ naming, onDone, onClose }: NameDialogProps): ReactNode {
  const client = useQueryClient();
  const form = useFieldForm({
    initialValues: { name: firstName(naming) },
    validate: { name: (name: string) => (name.trim() === '' ? 'Enter a name.' : null) },
    rules: { name: `One line of ${roleNameMax} characters at most.` },
    fieldOf: ({ code }) => (code === 'name_taken' ? ('name' as const) : undefined),
    send: ({ name }) => {
      const { roleId, text, tests } = contentOf(naming);
      return valueOf(keyhold().rules.saveRole({ roleId, name: name.trim(), text, tests: [...tests] }));
    },
    onDone: async (role) => {
      await client.invalidateQueries(rolesQuery);
      if (naming.kind === 'rename') toastDone(`The role is called ${role.name}`);
      onClose();
      onDone(role);
    },
  });
  const { title, action } = wordsOf(naming);
  return (
    <Dialog opened onClose={onClose} title={title}>
      <FormFrame form={form} action={action} onCancel={onClose}>
        <TextInput
          label="Name"
          description="For you alone: services know rules, and no roles."
          maxLength={roleNameMax}
          autoComplete="off"
          data-autofocus
          {...form.fields.getInputProps('name')}
        />
      </FormFrame>
    </Dialog>
  );
}

function firstName(naming: Naming): string {
  if (naming.kind === 'new') return '';
  if (naming.kind === 'rename') return naming.role.name;
  const copy = ' copy';
  return `${naming.of.name.slice(0, roleNameMax - copy.length)}${copy}`;
}

function contentOf(naming: Naming): RoleContent & { roleId: string | null } {
  switch (naming.kind) {
    case 'new':
      return { roleId: null, text: '', tests: [] };
    case 'duplicate':
      return { roleId: null, text: naming.content.text, tests: naming.content.tests };
    case 'rename':
      return { roleId: naming.role.id, text: naming.role.text, tests: naming.role.tests };
  }
}

function wordsOf(naming: Naming): { title: string; action: string } {
  switch (naming.kind) {
    case 'new':
      return { title: 'New role', action: 'Make role' };
    case 'duplicate':
      return { title: `Duplicate ${naming.of.name}`, action: 'Make role' };
    case 'rename':
      return { title: `Rename ${naming.role.name}`, action: 'Rename' };
  }
}

/** Deletes a role: says what goes with it. */
export function DeleteRoleDialog({
  role,
  onDone,
  onClose,
}: {
  role: Role;
  onDone: () => void;
  onClose: () => void;
}): ReactNode {
  const lost = [
    counted(ruleLines(role.text).length, 'rule'),
    ...(role.tests.length === 0 ? [] : [counted(role.tests.length, 'test')]),
  ];
  return (
    <DeedDialog
      title={`Delete the role ${role.name}?`}
      action="Delete role"
      run={async () => {
        const answer = await keyhold().rules.removeRole({ roleId: role.id });
        if (answer.ok) onDone();
        return answer;
      }}
      done={[`The role ${role.name} is deleted`]}
      stale={[rolesQuery.queryKey]}
      onClose={onClose}
    >
      <p>{`Its ${andWords(lost)} go with it. Nobody’s access changes: services and providers do not know of it. Export it first if you want to keep a copy.`}</p>
    </DeedDialog>
  );
}
