import { useMutation } from '@tanstack/react-query';
import { LifeBuoy } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { SlotSummary } from '../../../contracts/ipc/slots.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { toastDone } from '../../ui/toast.ts';
import { RecoveryCodeDialog } from './recovery-code-dialog.tsx';
import { SecurityRow } from './security-row.tsx';

/** Whether there is a recovery code, and how to get one. */
export function RecoveryRow({ slot }: { slot: SlotSummary | null }): ReactNode {
  const [open, setOpen] = useState<'make' | 'remove' | null>(null);
  const close = (): void => setOpen(null);
  const remove = useMutation({
    mutationFn: () => valueOf(keyhold().slots.remove({ kind: 'recovery' })),
    onSuccess: () => {
      close();
      toastDone('Recovery code removed', 'It no longer opens the vault.');
    },
  });
  return (
    <>
      <SecurityRow
        icon={LifeBuoy}
        name="Recovery code"
        badge={slot === null && <Badge tone="warning">None</Badge>}
        actions={
          <>
            {slot !== null && <Button onClick={() => setOpen('remove')}>Remove…</Button>}
            <Button onClick={() => setOpen('make')}>
              {slot === null ? 'Make a code…' : 'Make a new code…'}
            </Button>
          </>
        }
      >
        {slot === null ? (
          'If you forget the passphrase, nobody can open the vault.'
        ) : (
          <>
            Opens the vault when you have forgotten the passphrase. Made <RelativeTime at={slot.createdAt} />.
          </>
        )}
      </SecurityRow>
      <RecoveryCodeDialog opened={open === 'make'} replaces={slot !== null} onClose={close} />
      <ConfirmDialog
        opened={open === 'remove'}
        title="Remove the recovery code?"
        action="Remove code"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={close}
      >
        <p>
          The code on your sheet no longer opens the vault. If you forget the passphrase, nobody can open it.
          You can make a new code at any time.
        </p>
      </ConfirmDialog>
    </>
  );
}
