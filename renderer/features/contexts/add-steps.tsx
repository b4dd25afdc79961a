import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import css from './add-steps.module.css';

const ways = {
  key: [
    { id: 'service', label: 'Service' },
    { id: 'account', label: 'Account and key' },
    { id: 'end', label: 'Register key' },
  ],
  browser: [
    { id: 'service', label: 'Service' },
    { id: 'account', label: 'How to sign in' },
    { id: 'end', label: 'Browser' },
  ],
  password: [
    { id: 'service', label: 'Service' },
    { id: 'account', label: 'Name and password' },
    { id: 'end', label: 'Signed in' },
  ],
  oidc: [
    { id: 'service', label: 'Service' },
    { id: 'account', label: 'Context' },
    { id: 'end', label: 'Browser' },
  ],
  token: [
    { id: 'service', label: 'Service' },
    { id: 'account', label: 'Token' },
    { id: 'end', label: 'Signed in' },
  ],
  'dev-token': [
    { id: 'service', label: 'Service' },
    { id: 'account', label: 'Dev token' },
    { id: 'end', label: 'Signed in' },
  ],
} as const;

interface AddStepsProps {
  current: 'service' | 'account';
  way: keyof typeof ways;
}

/** Where in adding a context one is. */
export function AddSteps({ current, way }: AddStepsProps): ReactNode {
  const steps = ways[way];
  const position = steps.findIndex(({ id }) => id === current);
  return (
    <ol className={css['steps']} aria-label="Steps">
      {steps.map(({ id, label }, index) => (
        <li
          key={id}
          className={css['step']}
          data-done={index < position || undefined}
          aria-current={index === position ? 'step' : undefined}
        >
          <span className={css['number']}>{index < position ? <Check aria-label="Done" /> : index + 1}</span>
          {label}
        </li>
      ))}
    </ol>
  );
}
