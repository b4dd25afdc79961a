import { Menu, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { Monitor, Moon, Sun, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import css from './sidebar.module.css';

const choices: Readonly<Record<MantineColorScheme, { label: string; icon: LucideIcon }>> = {
  auto: { label: 'System', icon: Monitor },
  light: { label: 'Light', icon: Sun },
  dark: { label: 'Dark', icon: Moon },
};

/** Chooses light, dark, or what the system says. */
export function ThemeMenu({ collapsed }: { collapsed: boolean }): ReactNode {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const current = choices[colorScheme];
  const Icon = current.icon;
  return (
    <Menu position={collapsed ? 'right-end' : 'top-start'} width={180}>
      <Menu.Target>
        <button type="button" className={css['item']}>
          <Icon />
          <span className={css['label']}>
            Theme <span className={css['value']}>{current.label}</span>
          </span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup
          value={colorScheme}
          onChange={(value) => {
            setColorScheme(value as MantineColorScheme);
          }}
        >
          {Object.entries(choices).map(([value, choice]) => (
            <Menu.RadioItem key={value} value={value} closeMenuOnClick>
              {choice.label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
