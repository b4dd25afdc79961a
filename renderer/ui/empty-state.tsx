import type { ReactNode } from 'react';
import css from './empty-state.module.css';

interface EmptyStateProps {
  picture: ReactNode;
  title: string;
  children: ReactNode;
  action?: ReactNode;
}

/** Says why there is nothing here and what to do next. */
export function EmptyState({ picture, title, children, action }: EmptyStateProps): ReactNode {
  return (
    <section className={css['empty']} aria-label={title}>
      <span className={css['picture']}>{picture}</span>
      <h2 className={css['title']}>{title}</h2>
      <p className={css['text']}>{children}</p>
      <div className={css['actions']}>{action}</div>
    </section>
  );
}
