import { useLocalStorage, useMediaQuery } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { useLocation, useNavigate } from 'react-router';
import type { ContextSummary } from '../../contracts/domain/context.ts';
import { currentContextQuery } from '../features/contexts/queries.ts';
import { OpenedLinkNotice } from '../features/links/opened-link-notice.tsx';
import { SettingsSetAside } from '../features/settings/settings-set-aside.tsx';
import { SignInAgainLayer } from '../features/signin/sign-in-again-layer.tsx';
import { keyhold, valueOf } from '../lib/api.ts';
import { LeavingContext } from '../lib/leaving.ts';
import { shortcuts } from '../lib/shortcuts.ts';
import { useReady } from '../lib/use-ready.ts';
import { useDrafts } from '../ui/drafts.ts';
import { fetchRest } from '../ui/lazy.tsx';
import { ErrorNotice } from '../ui/notice.tsx';
import { outdatePage } from '../ui/toast.ts';
import { useShortcuts } from '../ui/use-shortcuts.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { FrameSkeleton } from './frame-skeleton.tsx';
import { useIpcEvents } from './ipc-events.ts';
import { letterKeys, pagesFor } from './page-table.ts';
import { useLeaving } from './leaving-question.tsx';
import { Pages } from './pages.tsx';
import { Layers, type Layer } from './layers.tsx';
import noticeCss from './lone-notice.module.css';
import css from './shell.module.css';
import { Sidebar } from './sidebar.tsx';
import { useKeptFocus } from './use-kept-focus.ts';
import { usePageStart } from './use-page-start.ts';

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
  const [collapsed, toggleSidebar] = useSidebar();
  const lock = useMutation({
    mutationFn: (by: 'click' | 'shortcut') => valueOf(keyhold().vault.lock({ by })),
  });
  const { pathname } = useLocation();
  const [layer, setLayer] = useState<Layer | null>(null);
  const { leave, question } = useLeaving(context);
  const lockByClick = (): void => leave({ how: 'lock', go: () => lock.mutate('click') });
  useReady('shell');
  useEffect(outdatePage, [pathname]);
  usePrefetch();
  usePageStart();
  useKeptFocus();
  useDrafts();
  const navigate = useNavigate();
  const toggleLayer = (name: 'palette' | 'help') => ({
    key: shortcuts[name].key,
    leaves: false,
    toggles: layer === name,
    run: () => {
      setLayer(layer === name ? null : name);
    },
  });
  useShortcuts([
    toggleLayer('palette'),
    toggleLayer('help'),
    { key: shortcuts.sidebar.key, leaves: false, run: toggleSidebar },
    {
      key: shortcuts.lock.key,
      leaves: true,
      always: true,
      run: () => lock.mutate('shortcut'),
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
    <LeavingContext value={leave}>
      <div className={css['frame']}>
        <a className={css['skip']} href="#page">
          Skip to the page
        </a>
        <Sidebar
          collapsed={collapsed}
          onContextDialog={setLayer}
          onSearch={() => setLayer('palette')}
          onToggle={toggleSidebar}
          onLock={lockByClick}
        />
        <Layers layer={layer} onLayer={setLayer} onLock={lockByClick} onToggleSidebar={toggleSidebar} />
        <main id="page" className={css['page']} tabIndex={-1}>
          <SettingsSetAside />
          <OpenedLinkNotice />
          {lock.isError && <ErrorNotice error={lock.error} retry={lockByClick} />}
          <SignInAgainLayer>
            <ErrorBoundary key={pathname} around="page">
              <Pages />
            </ErrorBoundary>
          </SignInAgainLayer>
        </main>
      </div>
      {question}
    </LeavingContext>
  );
}

/** Whether the sidebar is collapsed, and what a click on its button does. */
function useSidebar(): [boolean, () => void] {
  const [collapsed, setCollapsed] = useLocalStorage({
    key: 'keyhold.sidebar-collapsed',
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  // Where the window is narrow, as under zoom, the page needs the room: the sidebar opens only when asked.
  const narrow = useMediaQuery('(max-width: 47.5rem)', false, { getInitialValueInEffect: false });
  const [asked, setAsked] = useState(false);
  const toggle = (): void => {
    if (narrow) setAsked(!asked);
    else setCollapsed(!collapsed);
  };
  return [narrow ? !asked : collapsed, toggle];
}

/** Fetches the code of all pages and dialogs while nothing else is to do: a click later shows them at once. */
function usePrefetch(): void {
  useEffect(() => {
    let handle = 0;
    void fetchRest(
      () =>
        new Promise((resolve) => {
          handle = requestIdleCallback(() => resolve());
        }),
    );
    return () => cancelIdleCallback(handle);
  }, []);
}
