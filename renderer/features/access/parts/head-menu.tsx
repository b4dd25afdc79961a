import { Menu } from '@mantine/core';
import {
  ArrowDownWideNarrow,
  CopyPlus,
  GitCompareArrows,
  LayoutTemplate,
  ListChecks,
  MoveHorizontal,
  MoveVertical,
} from 'lucide-react';
import { useId, type ReactNode } from 'react';
import { LayerAnchor } from '../../../ui/layer-anchor.tsx';
import type { RowAction } from '../../../ui/row-menu.tsx';

interface HeadMenuProps {
  /** The head that it is about. */
  target: HTMLElement;
  actions: readonly RowAction[];
  onClose: () => void;
}

/** What can be done with a row or a column. One for the whole grid. */
export function HeadMenu({ target, actions, onClose }: HeadMenuProps): ReactNode {
  const id = useId();
  return (
    <Menu
      opened
      position="bottom-start"
      returnFocus={false}
      // What an item does closes it, or asks something in its place.
      closeOnItemClick={false}
      onChange={(opened) => {
        if (!opened) onClose();
      }}
    >
      <Menu.Target>
        <LayerAnchor opener={{ button: { current: target }, id }} />
      </Menu.Target>
      <Menu.Dropdown>
        {actions.map(({ label, icon: Icon, run }) => (
          <Menu.Item key={label} leftSection={<Icon size={16} />} onClick={run}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

interface HeadDeeds {
  selectAll: () => void;
  sort: () => void;
  /** Shows all that is known of the access of one. */
  list: () => void;
}

export function columnActions({ selectAll, sort, list }: HeadDeeds): RowAction[] {
  return [
    { label: 'Who can access it', icon: ListChecks, run: list },
    { label: 'Sort rows by access here', icon: ArrowDownWideNarrow, run: sort },
    { label: 'Select column', icon: MoveVertical, run: selectAll },
  ];
}

export function rowActions({
  selectAll,
  sort,
  list,
  copy,
  compare,
  template,
}: HeadDeeds & { copy: () => void; compare: () => void; template: () => void }): RowAction[] {
  return [
    { label: 'What they can do', icon: ListChecks, run: list },
    { label: 'Copy access to…', icon: CopyPlus, run: copy },
    { label: 'Use a template…', icon: LayoutTemplate, run: template },
    { label: 'Differs from…', icon: GitCompareArrows, run: compare },
    { label: 'Sort repositories by access here', icon: ArrowDownWideNarrow, run: sort },
    { label: 'Select row', icon: MoveHorizontal, run: selectAll },
  ];
}
