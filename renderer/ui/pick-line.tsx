import type { ReactNode } from 'react';
import css from './pick-line.module.css';

/** The frame around a pick list in a form: its field and its rows, as one. */
export function PickFrame({ children }: { children: ReactNode }): ReactNode {
  return <div className={css['frame']}>{children}</div>;
}

interface PickLineProps {
  icon?: ReactNode;
  name: string;
  /** What else is known. */
  note: string | null;
}

/** A row of a pick list: what it is called, and below that what else is known. */
export function PickLine({ icon, name, note }: PickLineProps): ReactNode {
  return (
    <>
      {icon}
      <span className={css['words']}>
        <bdi className={css['name']} title={name}>
          {name}
        </bdi>
        {note !== null && (
          <span className={css['note']} title={note}>
            {note}
          </span>
        )}
      </span>
    </>
  );
}
