import type { ReactNode } from 'react';
import { useCurrentContext } from '../features/contexts/queries.ts';
import type { ContextDialog } from '../features/contexts/switcher-popover.tsx';
import { lazy } from '../ui/lazy.tsx';

const ContextSheet = lazy(async () => (await import('../features/contexts/context-sheet.tsx')).ContextSheet);
const SignOutDialog = lazy(
  async () => (await import('../features/sign-out/sign-out-dialog.tsx')).SignOutDialog,
);

interface ContextDialogsProps {
  dialog: ContextDialog | null;
  onClose: () => void;
}

/** Whichever of these dialogs is open. */
export function ContextDialogs({ dialog, onClose }: ContextDialogsProps): ReactNode {
  const current = useCurrentContext() ?? null;
  return (
    <>
      {current !== null && <ContextSheet context={current} opened={dialog === 'edit'} onClose={onClose} />}
      <SignOutDialog context={null} opened={dialog === 'sign_out_all'} onClose={onClose} />
    </>
  );
}
