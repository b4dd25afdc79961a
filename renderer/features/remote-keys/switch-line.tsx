import { SegmentedControl } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import css from './remote-keys.module.css';

interface SwitchLineProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
}

/** A choice of few, in one line with what it is about. */
export function SwitchLine<Value extends string>(props: SwitchLineProps<Value>): ReactNode {
  const { label, value, options, onChange } = props;
  const id = useId();
  return (
    <div className={css['switch']}>
      <span id={id} className={css['switchLabel']}>
        {label}
      </span>
      <SegmentedControl
        size="xs"
        aria-labelledby={id}
        value={value}
        data={[...options]}
        onChange={onChange}
      />
    </div>
  );
}
