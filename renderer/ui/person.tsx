import type { ReactNode } from 'react';
import { Breakable } from './breakable.tsx';
import css from './person.module.css';

/** A person in a row: the name, which may be the button that opens it, and the address. */
export function Person({ name, email }: { name: ReactNode; email: string }): ReactNode {
  return (
    <>
      {name}
      <span className={css['email']}>
        <Breakable>{email}</Breakable>
      </span>
    </>
  );
}
