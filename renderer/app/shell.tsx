import { useLocalStorage, useMediaQuery } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { useLocation, useNavigate } from 'react-router';
import type { ContextSummary } from '../../contracts/domain/context.ts';
import { currentContextQuery } from '../features/contexts/queries.ts';
import type { ContextDialog } from '../features/contexts/switcher-popover.tsx';
import { SettingsSetAside } from '../features/settings/settings-set-aside.tsx';
import { keyhold, valueOf } from '../lib/api.ts';
import { shortcuts } from '../lib/shortcuts.ts';
import { useReady } from '../lib/use-ready.ts';
import { useDrafts } from '../ui/drafts.ts';
import { fetchRest, lazy } from '../ui/lazy.tsx';
import { ErrorNotice } from '../ui/notice.tsx';
import { outdateFailure } from '../ui/toast.ts';
import { useShortcuts } from '../ui/use-shortcuts.ts';
import { ContextDialogs } from './context-dialogs.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { FrameSkeleton } from './frame-skeleton.tsx';
import { useIpcEvents } from './ipc-events.ts';
import { letterKeys, pagesFor } from './page-table.ts';
import { Pages } from './pages.tsx';
import noticeCss from './lone-notice.module.css';
import css from './shell.module.css';
import { Sidebar } from './sidebar.tsx';
import { useKeptFocus } from './use-kept-focus.ts';
import { usePageStart } from './use-page-start.ts';

const CommandPalette = lazy(async () => (await import('./palette/command-palette.tsx')).CommandPalette);
const ShortcutsDialog = lazy(async () => (await import('./palette/shortcuts-dialog.tsx')).ShortcutsDialog);

/** The window with the vault open: sidebar and page. */
export function Shell(): ReactNode {
  useIpcEvents();
  const context = useQuery(currentContextQuery);
  if (context.isPending) return <FrameSkeleton />;
  if (context.isError) {
    return (
      <main className={noticeCss['page']}>
        <ErrorNotice error={context.error} retry={() => void context.refetch()} />
      </main>
    );
  }
  return <Frame context={context.data} />;
}

function Frame({ context }: { context: ContextSummary | null }): ReactNode {
  const [collapsed, setCollapsed] = useLocalStorage({
    key: 'keyhold.sidebar-collapsed',
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  // Where the window is narrow, as under zoom, the page needs the room: the sidebar opens only when asked.
  const narrow = useMediaQuery('(max-width: 47.5rem)', false, { getInitialValueInEffect: false });
  const [asked, setAsked] = useState(false);
  const folded = narrow ? !asked : collapsed;
  const lock = useMutation({
    mutationFn: (by: 'click' | 'shortcut') => valueOf(keyhold().vault.lock({ by })),
  });
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  const [contextDialog, setContextDialog] = useState<ContextDialog | null>(null);
  useReady('shell');
  useEffect(outdateFailure, [pathname]);

  const toggle = (): void => {
    if (narrow) setAsked(!asked);
    else setCollapsed(!collapsed);
  };
  const lockByClick = (): void => {
    lock.mutate('click');
  };
  usePrefetch();
  usePageStart();
  useKeptFocus();
  useDrafts();
  useShortcuts([
    {
      key: shortcuts.palette.key,
      leaves: false,
      toggles: palette,
      run: () => {
        setPalette(!palette);
      },
    },
    {
      key: shortcuts.help.key,
      leaves: false,
      toggles: help,
      run: () => {
        setHelp(!help);
      },
    },
    { key: shortcuts.sidebar.key, leaves: false, run: toggle },
    {
      key: shortcuts.lock.key,
      leaves: true,
      always: true,
      run: () => {
        lock.mutate('shortcut');
      },
    },
    ...pagesFor(context).flatMap((page) =>
      [page.digit ?? [], letterKeys(page)].flat().map((key) => ({
        key,
        leaves: true,
        run: () => void navigate(page.path),
      })),
    ),
  ]);
  return (
    <div className={css['frame']}>
      <a className={css['skip']} href="#page">
        Skip to the page
      </a>
      <Sidebar
        collapsed={folded}
        onContextDialog={setContextDialog}
        onSearch={() => {
          setPalette(true);
        }}
        onToggle={toggle}
        onLock={lockByClick}
      />
      <CommandPalette
        opened={palette}
        onClose={() => {
          setPalette(false);
        }}
        onLock={lockByClick}
        onContextDialog={setContextDialog}
        onToggleSidebar={toggle}
        onShowShortcuts={() => {
          setHelp(true);
        }}
      />
      <ShortcutsDialog
        opened={help}
        onClose={() => {
          setHelp(false);
        }}
      />
      <ContextDialogs
        dialog={contextDialog}
        onClose={() => {
          setContextDialog(null);
        }}
      />
      <main id="page" className={css['page']} tabIndex={-1}>
        <SettingsSetAside />
        {lock.isError && <ErrorNotice error={lock.error} retry={lockByClick} />}
        <ErrorBoundary key={pathname} around="page">
          <Pages />
        </ErrorBoundary>
      </main>
    </div>
  );
}

/** Fetches the code of all pages and dialogs while nothing else is to do: a click later shows them at once. */
function usePrefetch(): void {
  useEffect(() => {
    let handle = 0;
    void fetchRest(
      () =>
        new Promise((resolve) => {
          handle = requestIdleCallback(() => {
            resolve();
          });
        }),
    );
    return () => {
      cancelIdleCallback(handle);
    };
  }, []);
}
