import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { ListChecks } from 'lucide-react';
import type { ReactNode } from 'react';
import { useHeld } from '../../../lib/held-value.ts';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { LinesSkeleton } from '../../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../../ui/notice.tsx';
import { chooseRole, deskOfWindow, openRole } from '../model/desk.ts';
import type { KnownKeys } from '../model/known-keys.ts';
import { rolesQuery } from '../queries.ts';
import { OpenedRole } from './opened-role.tsx';
import { RoleList } from './role-list.tsx';
import css from './roles.module.css';

interface RolesTabProps {
  keys: KnownKeys;
  onNew: () => void;
}

/** The roles, and the rules of one of them to be written. */
export function RolesTab({ keys, onNew }: RolesTabProps): ReactNode {
  const list = useQuery(rolesQuery);
  const held = deskOfWindow();
  const desk = useHeld(held);
  const narrow = useMediaQuery('(max-width: 64rem)', false, { getInitialValueInEffect: false });
  if (list.data === undefined)
    return list.isError ? (
      <ErrorNotice error={list.error} retry={() => void list.refetch()} />
    ) : (
      <LinesSkeleton lines={8} />
    );
  const roles = list.data.map((role) => openRole(role, desk));
  const opened = roles.find(({ role }) => role.id === desk.chosen) ?? roles[0];
  if (opened === undefined)
    return (
      <EmptyState
        picture={<ListChecks />}
        title="No roles yet"
        action={<Button onClick={onNew}>New role</Button>}
      >
        A role is a set of rules under a name, kept in this vault: write it here, see what it would allow, and
        export it for whoever issues the tokens.
      </EmptyState>
    );
  return (
    <div className={css['tab']} data-narrow={narrow || undefined}>
      <RoleList
        roles={roles}
        chosen={opened.role.id}
        narrow={narrow}
        onChoose={(roleId) => chooseRole(held, roleId)}
      />
      <OpenedRole key={opened.role.id} opened={opened} keys={keys} />
    </div>
  );
}
