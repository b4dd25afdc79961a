import { Switch } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import { Card } from './page.tsx';
import css from './setting-list.module.css';

/** Settings below each other, one a row. */
export function SettingList({ children }: { children: ReactNode }): ReactNode {
  return <Card padded={false}>{children}</Card>;
}

interface ControlNames {
  id: string;
  'aria-labelledby': string;
  'aria-describedby'?: string;
}

interface SettingRowProps {
  label: string;
  description?: string;
  /** The control, named by what it is given. */
  control: (names: ControlNames) => ReactNode;
}

/** One setting: what it is, what it does, and its control on the right. */
export function SettingRow({ label, description, control }: SettingRowProps): ReactNode {
  const id = useId();
  const about = `${id}-about`;
  return (
    <div className={css['row']}>
      <div className={css['words']}>
        <label id={`${id}-label`} htmlFor={id} className={css['label']}>
          {label}
        </label>
        {description !== undefined && (
          <p id={about} className={css['about']}>
            {description}
          </p>
        )}
      </div>
      <div className={css['control']}>
        {control({
          id,
          'aria-labelledby': `${id}-label`,
          ...(description === undefined ? {} : { 'aria-describedby': about }),
        })}
      </div>
    </div>
  );
}

interface SwitchRowProps extends Pick<SettingRowProps, 'label' | 'description'> {
  on: boolean;
  disabled?: boolean;
  /** True while it is being changed: it keeps the focus, and takes no second change. */
  busy?: boolean;
  onChange: (on: boolean) => void;
}

/** A setting that is on or off. */
export function SwitchRow({
  on,
  disabled = false,
  busy = false,
  onChange,
  ...row
}: SwitchRowProps): ReactNode {
  return (
    <SettingRow
      {...row}
      control={(names) => (
        <Switch
          {...names}
          checked={on}
          disabled={disabled}
          aria-disabled={busy || undefined}
          onChange={({ currentTarget: { checked } }) => {
            if (!busy) onChange(checked);
          }}
        />
      )}
    />
  );
}
