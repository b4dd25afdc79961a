import { useQuery } from '@tanstack/react-query';
import { RectangleEllipsis, RefreshCw } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { SlotSummary } from '../../../contracts/ipc/slots.ts';
import { Button } from '../../ui/button.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Card, Section } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { slotsQuery } from '../vault/queries.ts';
import { ChangePassphraseDialog } from './change-passphrase-dialog.tsx';
import { KeychainRow } from './keychain-row.tsx';
import { RecoveryRow } from './recovery-row.tsx';
import { RekeyDialog } from './rekey-dialog.tsx';
import { SecurityRow } from './security-row.tsx';

/** What opens the vault: the ways in, and what changes them. */
export function SecuritySection(): ReactNode {
  const found = useQuery(slotsQuery);
  return (
    <Section title="Security">
      {found.isPending && <LinesSkeleton lines={4} />}
      {found.isError && <ErrorNotice error={found.error} retry={() => void found.refetch()} />}
      {found.isSuccess && <Slots {...found.data} />}
    </Section>
  );
}

function Slots({ slots, keychain }: { slots: readonly SlotSummary[]; keychain: string | null }): ReactNode {
  const [open, setOpen] = useState<'passphrase' | 'rekey' | null>(null);
  const slotOf = (kind: SlotSummary['kind']): SlotSummary | null =>
    slots.find((slot) => slot.kind === kind) ?? null;
  const passphrase = slotOf('passphrase');
  const close = (): void => setOpen(null);
  return (
    <Card padded={false}>
      <SecurityRow
        icon={RectangleEllipsis}
        name="Passphrase"
        actions={<Button onClick={() => setOpen('passphrase')}>Change…</Button>}
      >
        Always opens the vault.
        {passphrase !== null && (
          <>
            {' '}
            Set <RelativeTime at={passphrase.createdAt} />.
          </>
        )}
      </SecurityRow>
      <KeychainRow slot={slotOf('keychain')} available={keychain} />
      <RecoveryRow slot={slotOf('recovery')} />
      <SecurityRow
        icon={RefreshCw}
        name="Data key"
        actions={<Button onClick={() => setOpen('rekey')}>Re-key vault…</Button>}
      >
        Encrypts every secret in the vault. Replace it when someone may have seen the open vault.
      </SecurityRow>
      <ChangePassphraseDialog opened={open === 'passphrase'} onClose={close} />
      <RekeyDialog opened={open === 'rekey'} hasCode={slotOf('recovery') !== null} onClose={close} />
    </Card>
  );
}
