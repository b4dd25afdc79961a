import { Tooltip } from '@mantine/core';
import { Lock, PanelLeftClose, PanelLeftOpen, Search } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { NavLink } from 'react-router';
import { ContextSwitcher } from '../features/contexts/context-switcher.tsx';
import type { ContextDialog } from '../features/contexts/context-switcher.tsx';
import { KeysAttention } from '../features/keys/keys-attention.tsx';
import { ariaShortcut, shortcut } from '../lib/platform.ts';
import { shortcuts } from '../lib/shortcuts.ts';
import { navigation, type NavigationEntry } from './navigation.ts';
import css from './sidebar.module.css';
import { ThemeMenu } from './theme-menu.tsx';

interface SidebarProps {
  collapsed: boolean;
  onContextDialog: (dialog: ContextDialog) => void;
  onSearch: () => void;
  onToggle: () => void;
  onLock: () => void;
}

const groups = ['Context', 'Organization', 'This computer'] as const;

/** Context switcher, pages, and what concerns the window as a whole. */
export function Sidebar(props: SidebarProps): ReactNode {
  const { collapsed, onContextDialog, onSearch, onToggle, onLock } = props;
  return (
    <aside className={css['side']} aria-label="Sidebar" data-collapsed={collapsed || undefined}>
      <ContextSwitcher collapsed={collapsed} onDialog={onContextDialog} />
      <nav className={css['pages']} aria-label="Pages">
        {groups.map((group) => (
          <div key={group} className={css['group']} role="group" aria-label={group}>
            <p className={css['groupLabel']} aria-hidden="true">
              {group}
            </p>
            {navigation.map(
              (entry, index) =>
                entry.group === group && (
                  <PageLink
                    key={entry.path}
                    entry={entry}
                    position={String(index + 1)}
                    collapsed={collapsed}
                  />
                ),
            )}
          </div>
        ))}
      </nav>
      <div className={css['foot']}>
        <SideButton
          label="Search"
          keys={shortcuts.palette.key}
          icon={<Search />}
          collapsed={collapsed}
          onClick={onSearch}
        />
        <ThemeMenu collapsed={collapsed} />
        <SideButton
          label={collapsed ? 'Expand sidebar' : 'Collapse sidebar'}
          keys={shortcuts.sidebar.key}
          icon={collapsed ? <PanelLeftOpen /> : <PanelLeftClose />}
          collapsed={collapsed}
          onClick={onToggle}
        />
        <SideButton
          label="Lock"
          keys={shortcuts.lock.key}
          icon={<Lock />}
          collapsed={collapsed}
          onClick={onLock}
        />
      </div>
    </aside>
  );
}

interface PageLinkProps {
  entry: NavigationEntry;
  /** Its number among the pages, which is its key. */
  position: string;
  collapsed: boolean;
}

function PageLink({ entry, position, collapsed }: PageLinkProps): ReactNode {
  const Icon = entry.icon;
  return (
    <SideTooltip label={entry.label} keys={position} collapsed={collapsed}>
      <NavLink
        to={entry.path}
        className={css['item'] ?? ''}
        aria-keyshortcuts={ariaShortcut(position)}
        draggable={false}
      >
        <Icon />
        <span className={css['label']}>{entry.label}</span>
        {entry.path === '/keys' && <KeysAttention />}
        <kbd className={css['keys']} aria-hidden="true">
          {shortcut(position)}
        </kbd>
      </NavLink>
    </SideTooltip>
  );
}

interface SideButtonProps {
  label: string;
  keys: string;
  icon: ReactElement;
  collapsed: boolean;
  onClick: () => void;
}

function SideButton({ label, keys, icon, collapsed, onClick }: SideButtonProps): ReactNode {
  return (
    <SideTooltip label={label} keys={keys} collapsed={collapsed}>
      <button type="button" className={css['item']} aria-keyshortcuts={ariaShortcut(keys)} onClick={onClick}>
        {icon}
        <span className={css['label']}>{label}</span>
        <kbd className={css['keys']} aria-hidden="true">
          {shortcut(keys)}
        </kbd>
      </button>
    </SideTooltip>
  );
}

interface SideTooltipProps {
  label: string;
  keys: string;
  collapsed: boolean;
  children: ReactElement;
}

/** Says in the collapsed sidebar what otherwise stands there. */
function SideTooltip({ label, keys, collapsed, children }: SideTooltipProps): ReactNode {
  return (
    <Tooltip label={`${label}  ${shortcut(keys)}`} position="right" disabled={!collapsed}>
      {children}
    </Tooltip>
  );
}
