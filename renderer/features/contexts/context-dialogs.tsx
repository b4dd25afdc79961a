import type { ReactNode } from 'react';
import { useCurrentContext } from '../../lib/queries.ts';
import { ContextSheet } from './context-sheet.tsx';
import { SignOutDialog } from './sign-out-dialog.tsx';

/** What is done to contexts from every page: the switcher and the palette open it. */
export type ContextDialog = 'edit' | 'sign_out_all';

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
