import { Menu } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import type { Theme } from '../../contracts/domain/settings.ts';
import { themes } from '../features/settings/themes.ts';

export interface ThemeDropdownProps {
  /** The button that opens it. */
  button: ReactElement<{ onClick: () => void }>;
  opened: boolean;
  onChange: (opened: boolean) => void;
  position: 'right-end' | 'top-start';
  chosen: Theme;
  onChoose: (theme: Theme) => void;
}

/** The themes to choose from. */
export function ThemeDropdown(props: ThemeDropdownProps): ReactNode {
  const { button, opened, onChange, position, chosen, onChoose } = props;
  return (
    <Menu opened={opened} onChange={onChange} position={position} width={180}>
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup
          value={chosen}
          onChange={(value) => {
            const theme = themes.find((each) => each.value === value);
            if (theme !== undefined) onChoose(theme.value);
          }}
        >
          {themes.map(({ value, label }) => (
            <Menu.RadioItem key={value} value={value} closeMenuOnClick>
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
