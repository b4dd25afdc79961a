import { useId, type ReactNode } from 'react';
import css from './checkbox.module.css';

interface CheckboxProps {
  label: string;
  hint?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** A checkbox with its words. A plain element, for screens that must not wait for a component library. */
export function Checkbox({ label, hint, checked, onChange }: CheckboxProps): ReactNode {
  const id = useId();
  return (
    <div className={css['row']}>
      <input
        id={id}
        type="checkbox"
        className={css['box']}
        checked={checked}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <label className={css['label']} htmlFor={id}>
        {label}
      </label>
      {hint !== undefined && (
        <p id={`${id}-hint`} className={css['hint']}>
          {hint}
        </p>
      )}
    </div>
  );
}
