import { Menu } from '@mantine/core';
import { MoreHorizontal, type LucideIcon } from 'lucide-react';
import { useRef, type ReactNode } from 'react';
import { Button } from './button.tsx';

/** What can be done to a row. */
export interface RowAction {
  label: string;
  icon: LucideIcon;
  run: () => void;
}

interface RowMenuProps {
  /** The row's name. */
  name: string;
  actions: readonly RowAction[];
  tabIndex: number;
}

/** A row's actions, at its end. */
export function RowMenu({ name, actions, tabIndex }: RowMenuProps): ReactNode {
  const button = useRef<HTMLButtonElement>(null);
  if (actions.length === 0) return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          ref={button}
          size="small"
          kind="quiet"
          icon={<MoreHorizontal />}
          aria-label={`Actions for ${name}`}
          tabIndex={tabIndex}
        />
      </Menu.Target>
      <Menu.Dropdown>
        {actions.map(({ label, icon: Icon, run }) => (
          <Menu.Item
            key={label}
            leftSection={<Icon size={16} />}
            onClick={() => {
              // What opens now gives the focus back to the row, not to an item that is gone by then.
              button.current?.focus();
              run();
            }}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
