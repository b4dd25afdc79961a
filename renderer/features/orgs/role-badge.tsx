import type { ReactNode } from 'react';
import css from './orgs.module.css';

/** A role in an organization, as a small word. */
export function RoleBadge({ role }: { role: string }): ReactNode {
  return (
    <span className={css['role']} data-role={role}>
      {role}
    </span>
  );
}
