import type { ReactNode } from 'react';
import { Breakable } from './breakable.tsx';
import css from './fact-list.module.css';

export interface Fact {
  name: string;
  value: ReactNode;
}

/** Names and values, one a line. */
export function FactList({ facts }: { facts: readonly Fact[] }): ReactNode {
  return (
    <dl className={css['list']}>
      {facts.map(({ name, value }) => (
        <div key={name} className={css['fact']}>
          <dt className={css['name']}>
            <Breakable>{name}</Breakable>
          </dt>
          <dd className={css['value']}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
