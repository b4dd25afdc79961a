import { Input } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import css from './labelled-group.module.css';

interface LabelledGroupProps {
  label: string;
  /** What is wrong with what was chosen, in words. */
  problem?: ReactNode;
  children: ReactNode;
}

/** Controls that are one field of a form together, with its label above and what is wrong below. */
export function LabelledGroup({ label, problem, children }: LabelledGroupProps): ReactNode {
  const id = useId();
  return (
    <div role="group" aria-labelledby={id} className="kh-stack" data-gap="2">
      <Input.Label id={id} labelElement="div">
        {label}
      </Input.Label>
      {children}
      {problem !== undefined && (
        <p className={css['problem']} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
