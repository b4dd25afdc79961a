import { useMediaQuery } from '@mantine/hooks';
import { Lock, PanelLeftClose, PanelLeftOpen, Search } from 'lucide-react';
import { useRef, type ReactElement, type ReactNode } from 'react';
import { NavLink } from 'react-router';
import { ContextSwitcher } from '../features/contexts/context-switcher.tsx';
import type { ContextDialog } from '../features/contexts/context-popover.tsx';
import { OrgSwitcher } from '../features/orgs/org-switcher.tsx';
import { ariaShortcut, shortcut } from '../lib/platform.ts';
import { shortcuts } from '../lib/shortcuts.ts';
import { HoverLabel } from '../ui/hover-label.tsx';
import { keysOf, pageGroups, type PageEntry } from './page-table.ts';
import { useShownPages } from './shown-pages.ts';
import css from './sidebar.module.css';
import { ThemeMenu } from './theme-menu.tsx';

interface SidebarProps {
  collapsed: boolean;
  onContextDialog: (dialog: ContextDialog) => void;
  onSearch: () => void;
  onToggle: () => void;
  onLock: () => void;
}

/** Context switcher, pages, and what concerns the window as a whole. */
export function Sidebar(props: SidebarProps): ReactNode {
  const { collapsed, onContextDialog, onSearch, onToggle, onLock } = props;
  const shown = useShownPages();
  // Where the window is low, the buttons at its foot are pictures alone.
  const low = useMediaQuery('(max-height: 40rem)', false, { getInitialValueInEffect: false });
  const bare = collapsed || low;
  return (
    <aside className={css['side']} aria-label="Sidebar" data-collapsed={collapsed || undefined}>
      <ContextSwitcher collapsed={collapsed} onDialog={onContextDialog} />
      <OrgSwitcher collapsed={collapsed} onNew={() => onContextDialog('new_org')} />
      <nav className={css['pages']} aria-label="Pages">
        {pageGroups.map((group) => {
          const members = shown.filter((entry) => entry.group === group);
          return (
            members.length > 0 && (
              <div key={group} className={css['group']} role="group" aria-label={group}>
                <p className={css['groupLabel']} aria-hidden="true">
                  {group}
                </p>
                {members.map((entry) => (
                  <PageLink key={entry.path} entry={entry} collapsed={collapsed} />
                ))}
              </div>
            )
          );
        })}
      </nav>
      <div className={css['foot']}>
        <SideButton
          label="Search"
          keys={shortcuts.palette.key}
          icon={<Search />}
          bare={bare}
          onClick={onSearch}
        />
        <ThemeMenu collapsed={collapsed} />
        <SideButton
          label={collapsed ? 'Expand sidebar' : 'Collapse sidebar'}
          keys={shortcuts.sidebar.key}
          icon={collapsed ? <PanelLeftOpen /> : <PanelLeftClose />}
          bare={bare}
          onClick={onToggle}
        />
        <SideButton label="Lock" keys={shortcuts.lock.key} icon={<Lock />} bare={bare} onClick={onLock} />
      </div>
    </aside>
  );
}

function PageLink({ entry, collapsed }: { entry: PageEntry; collapsed: boolean }): ReactNode {
  const { path, label, icon: Icon, mark: Mark, digit } = entry;
  const link = useRef<HTMLAnchorElement>(null);
  return (
    <>
      <NavLink
        ref={link}
        to={path}
        className={css['item'] ?? ''}
        aria-keyshortcuts={digit === undefined ? undefined : ariaShortcut(digit)}
        draggable={false}
      >
        <Icon />
        <span className={css['label']}>{label}</span>
        {Mark !== undefined && <Mark />}
        <kbd className={css['keys']} aria-hidden="true">
          {shortcut(keysOf(entry))}
        </kbd>
      </NavLink>
      {collapsed && <HoverLabel target={link} label={`${label}  ${shortcut(keysOf(entry))}`} />}
    </>
  );
}

interface SideButtonProps {
  label: string;
  keys: string;
  icon: ReactElement;
  /** Its words are not in sight. */
  bare: boolean;
  onClick: () => void;
}

function SideButton({ label, keys, icon, bare, onClick }: SideButtonProps): ReactNode {
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <button
        ref={button}
        type="button"
        className={css['item']}
        aria-keyshortcuts={ariaShortcut(keys)}
        onClick={onClick}
      >
        {icon}
        <span className={css['label']}>{label}</span>
        <kbd className={css['keys']} aria-hidden="true">
          {shortcut(keys)}
        </kbd>
      </button>
      {/* Says what otherwise stands there. */}
      {bare && <HoverLabel target={button} label={`${label}  ${shortcut(keys)}`} />}
    </>
  );
}
