import { Popover } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { LayerAnchor, type LayerOpener } from './layer-anchor.tsx';
import css from './switcher-popover.module.css';

export interface SwitcherPopoverProps {
  opener: LayerOpener;
  opened: boolean;
  onChange: (opened: boolean) => void;
}

/** What opens below a switcher of the sidebar. Its children get what closes it. */
export function SwitcherPopover({
  opener,
  opened,
  onChange,
  children,
}: SwitcherPopoverProps & { children: (close: () => void) => ReactNode }): ReactNode {
  return (
    <Popover
      id={opener.id}
      position="bottom-start"
      width={320}
      opened={opened}
      onChange={onChange}
      trapFocus
      returnFocus
      withinPortal={false}
      floatingStrategy="fixed"
      transitionProps={{ duration: 100 }}
    >
      <Popover.Target>
        <LayerAnchor opener={opener} />
      </Popover.Target>
      <Popover.Dropdown className={css['dropdown']}>
        {children(() => {
          onChange(false);
          // So that a dialog that opens now gives the focus back to it.
          opener.button.current?.focus();
        })}
      </Popover.Dropdown>
    </Popover>
  );
}

interface SwitcherAction {
  icon: ReactElement;
  words: string;
  run: () => void;
}

interface SwitcherActionsProps {
  actions: readonly SwitcherAction[];
  close: () => void;
}

/** What can be done there beside switching: each closes it first. */
export function SwitcherActions({ actions, close }: SwitcherActionsProps): ReactNode {
  return (
    <div className={css['actions']}>
      {actions.map(({ icon, words, run }) => (
        <button
          key={words}
          type="button"
          className={css['action']}
          onClick={() => {
            close();
            run();
          }}
        >
          {icon}
          {words}
        </button>
      ))}
    </div>
  );
}
