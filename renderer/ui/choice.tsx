import { useEffect, useId, useRef, type ReactNode } from 'react';
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

/**
 * A few choices that need a sentence each; one of them is chosen. Arrow keys move between them, and stay with them: what is
 * shown for a choice may take the keyboard only from who clicks.
 */
export function Choice<Value extends string>({
  label,
  options,
  value,
  onChange,
}: ChoiceProps<Value>): ReactNode {
  const id = useId();
  const chosen = useRef<HTMLInputElement>(null);
  const byArrow = useRef(false);
  useEffect(() => {
    if (byArrow.current) chosen.current?.focus();
  }, [value]);
  return (
    <fieldset
      className={css['choice']}
      onKeyDown={({ key }) => {
        byArrow.current = key.startsWith('Arrow');
      }}
      onKeyUp={() => {
        byArrow.current = false;
      }}
    >
      <legend className={css['legend']}>{label}</legend>
      {options.map((option) => (
        <div key={option.value} className={css['option']}>
          <input
            id={`${id}-${option.value}`}
            ref={option.value === value ? chosen : null}
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
