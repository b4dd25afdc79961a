import type { ReactNode } from 'react';
import { ContextSheet } from '../features/contexts/context-sheet.tsx';
import type { ContextDialog } from '../features/contexts/context-switcher.tsx';
import { useCurrentContext } from '../features/contexts/queries.ts';
import { SignOutDialog } from '../features/sign-out/sign-out-dialog.tsx';

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
