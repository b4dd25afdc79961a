import type { ReactNode } from 'react';
import css from './registration-page.module.css';

interface RegistrationStepProps {
  number: number;
  title: string;
  children: ReactNode;
}

/** One numbered step with what is to do in it. */
export function RegistrationStep({ number, title, children }: RegistrationStepProps): ReactNode {
  return (
    <li className={css['step']}>
      <span className={css['number']} aria-hidden="true">
        {number}
      </span>
      <div className={css['stepBody']}>
        <h2 className={css['stepTitle']}>{title}</h2>
        {children}
      </div>
    </li>
  );
}
