import { useId, type ReactNode } from 'react';
import css from './choice.module.css';

export interface Option<Value extends string> {
  value: Value;
  label: string;
  /** What follows from it. */
  hint: string;
}

interface ChoiceProps<Value extends string> {
  label: string;
  options: readonly Option<Value>[];
  value: Value;
  onChange: (value: Value) => void;
}

/** A few choices that need a sentence each; one of them is chosen. Arrow keys move between them. */
export function Choice<Value extends string>({
  label,
  options,
  value,
  onChange,
}: ChoiceProps<Value>): ReactNode {
  const id = useId();
  return (
    <fieldset className={css['choice']}>
      <legend className={css['legend']}>{label}</legend>
      {options.map((option) => (
        <div key={option.value} className={css['option']}>
          <input
            id={`${id}-${option.value}`}
            type="radio"
            className={css['radio']}
            name={id}
            value={option.value}
            checked={option.value === value}
            aria-describedby={`${id}-${option.value}-hint`}
            onChange={() => onChange(option.value)}
          />
          <label className={css['label']} htmlFor={`${id}-${option.value}`}>
            {option.label}
          </label>
          <p id={`${id}-${option.value}-hint`} className={css['hint']}>
            {option.hint}
          </p>
        </div>
      ))}
    </fieldset>
  );
}
