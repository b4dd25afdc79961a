import { Menu } from '@mantine/core';
import { Monitor } from 'lucide-react';
import type { ReactNode } from 'react';
import { themes } from '../features/settings/themes.ts';
import { useChangeSettings, useSettings } from '../features/settings/use-settings.ts';
import css from './sidebar.module.css';

/** Chooses light, dark, or what the system says. */
export function ThemeMenu({ collapsed }: { collapsed: boolean }): ReactNode {
  const chosen = useSettings().data?.settings.theme ?? 'system';
  const change = useChangeSettings();
  const current = themes.find(({ value }) => value === chosen);
  const Icon = current?.icon ?? Monitor;
  return (
    <Menu position={collapsed ? 'right-end' : 'top-start'} width={180}>
      <Menu.Target>
        <button type="button" className={css['item']}>
          <Icon />
          <span className={css['label']}>
            Theme <span className={css['value']}>{current?.label}</span>
          </span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup
          value={chosen}
          onChange={(value) => {
            const theme = themes.find((each) => each.value === value);
            if (theme !== undefined) change.mutate({ theme: theme.value });
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
