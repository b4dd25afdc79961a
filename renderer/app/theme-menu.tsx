import { Monitor } from 'lucide-react';
import { useId, useRef, useState, type ReactNode } from 'react';
import { themes } from '../features/settings/themes.ts';
import { useChangeSettings, useSettings } from '../features/settings/use-settings.ts';
import { openerProps } from '../ui/layer-anchor.tsx';
import { lazy } from '../ui/lazy.tsx';
import css from './sidebar.module.css';
import type { ThemeDropdownProps } from './theme-dropdown.tsx';

const ThemeDropdown = lazy<ThemeDropdownProps>(
  async () => (await import('./theme-dropdown.tsx')).ThemeDropdown,
);

/** Chooses light, dark, or what the system says. */
export function ThemeMenu({ collapsed }: { collapsed: boolean }): ReactNode {
  const chosen = useSettings().data?.settings.theme ?? 'system';
  const change = useChangeSettings();
  const [opened, setOpened] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const current = themes.find(({ value }) => value === chosen);
  const Icon = current?.icon ?? Monitor;
  return (
    <>
      <button
        type="button"
        className={css['item']}
        ref={button}
        {...openerProps(id, 'menu', opened)}
        onClick={() => setOpened(!opened)}
      >
        <Icon />
        <span className={css['label']}>
          Theme <span className={css['value']}>{current?.label}</span>
        </span>
      </button>
      <ThemeDropdown
        opener={{ button, id }}
        opened={opened}
        onChange={setOpened}
        position={collapsed ? 'right-end' : 'top-start'}
        chosen={chosen}
        onChoose={(theme) => change.mutate({ theme })}
      />
    </>
  );
}
