import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import css from './security.module.css';

interface SecurityRowProps {
  icon: LucideIcon;
  name: string;
  badge?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** One way into the vault: what it is, how it stands, and what can be done about it. */
export function SecurityRow({ icon: Icon, name, badge, actions, children }: SecurityRowProps): ReactNode {
  return (
    <div className={css['row']} role="group" aria-label={name}>
      <span className={css['icon']}>
        <Icon />
      </span>
      <div>
        <h3 className={css['name']}>
          {name}
          {badge}
        </h3>
        <p className={css['text']}>{children}</p>
      </div>
      {actions !== undefined && <div className={css['actions']}>{actions}</div>}
    </div>
  );
}
