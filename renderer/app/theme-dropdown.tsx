import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Theme } from '../../contracts/domain/settings.ts';
import { themes } from '../features/settings/themes.ts';
import { LayerAnchor, type LayerOpener } from '../ui/layer-anchor.tsx';

export interface ThemeDropdownProps {
  opener: LayerOpener;
  opened: boolean;
  onChange: (opened: boolean) => void;
  position: 'right-end' | 'top-start';
  chosen: Theme;
  onChoose: (theme: Theme) => void;
}

/** The themes to choose from. */
export function ThemeDropdown(props: ThemeDropdownProps): ReactNode {
  const { opener, opened, onChange, position, chosen, onChoose } = props;
  return (
    <Menu id={opener.id} opened={opened} onChange={onChange} position={position} width={180}>
      <Menu.Target>
        <LayerAnchor opener={opener} />
      </Menu.Target>
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
