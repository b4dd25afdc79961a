import { NativeSelect } from '@mantine/core';
import type { ReactNode } from 'react';
import { ruleLines } from '../../../../contracts/permissions/rule.ts';
import { counted } from '../../../lib/format.ts';
import type { OpenRole } from '../model/desk.ts';
import css from './roles.module.css';

interface RoleListProps {
  roles: readonly OpenRole[];
  chosen: string;
  /** There is no room beside the rules: the list is a field above them. */
  narrow: boolean;
  onChoose: (roleId: string) => void;
}

/** The roles, of which one is open. */
export function RoleList({ roles, chosen, narrow, onChoose }: RoleListProps): ReactNode {
  if (narrow)
    return (
      <NativeSelect
        aria-label="Role"
        value={chosen}
        data={roles.map(({ role, isChanged }) => ({
          value: role.id,
          label: isChanged ? `${role.name} (not saved)` : role.name,
        }))}
        onChange={(event) => onChoose(event.currentTarget.value)}
      />
    );
  return (
    <ul className={css['list']} aria-label="Roles">
      {roles.map(({ role, content, isChanged }) => (
        <li key={role.id}>
          <button
            type="button"
            className={css['role']}
            aria-current={role.id === chosen || undefined}
            onClick={() => onChoose(role.id)}
          >
            <bdi className={css['roleName']}>{role.name}</bdi>
            <span className={css['roleNote']}>
              {counted(ruleLines(content.text).length, 'rule')}
              {isChanged && <span className={css['unsaved']}> · not saved</span>}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
