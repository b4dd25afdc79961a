import type { ReactNode } from 'react';
import { useCurrentContext } from '../features/contexts/queries.ts';
import type { ContextDialog } from '../features/contexts/context-popover.tsx';
import { lazy } from '../ui/lazy.tsx';

const CommandPalette = lazy(async () => (await import('./palette/command-palette.tsx')).CommandPalette);
const ShortcutsDialog = lazy(async () => (await import('./palette/shortcuts-dialog.tsx')).ShortcutsDialog);
const ContextSheet = lazy(async () => (await import('../features/contexts/context-sheet.tsx')).ContextSheet);
const NewOrgDialog = lazy(async () => (await import('../features/orgs/new-org-dialog.tsx')).NewOrgDialog);
const SignOutDialog = lazy(
  async () => (await import('../features/sign-out/sign-out-dialog.tsx')).SignOutDialog,
);

/** What can lie over the window, whichever page is open. */
export type Layer = ContextDialog | 'palette' | 'help';

interface LayersProps {
  /** The open one; null for none. */
  layer: Layer | null;
  onLayer: (layer: Layer | null) => void;
  onLock: () => void;
  onToggleSidebar: () => void;
}

/** Palette, list of keys, and the dialogs that the switcher and the palette open. */
export function Layers({ layer, onLayer, onLock, onToggleSidebar }: LayersProps): ReactNode {
  const current = useCurrentContext() ?? null;
  const close = (): void => onLayer(null);
  return (
    <>
      <CommandPalette
        opened={layer === 'palette'}
        onClose={close}
        onLock={onLock}
        onContextDialog={onLayer}
        onToggleSidebar={onToggleSidebar}
        onShowShortcuts={() => onLayer('help')}
      />
      <ShortcutsDialog opened={layer === 'help'} onClose={close} />
      {current !== null && <ContextSheet context={current} opened={layer === 'edit'} onClose={close} />}
      {current !== null && layer === 'new_org' && <NewOrgDialog context={current} onClose={close} />}
      <SignOutDialog context={null} opened={layer === 'sign_out_all'} onClose={close} />
    </>
  );
}
