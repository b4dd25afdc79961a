import { KeySquare } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { SlotSummary } from '../../../contracts/ipc/slots.ts';
import { keyhold } from '../../lib/api.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { toastDone } from '../../ui/toast.ts';
import { useAction } from '../../ui/use-action.ts';
import { KeychainDialog } from './keychain-dialog.tsx';
import { SecurityRow } from './security-row.tsx';

const keychainNames: Readonly<Record<string, string>> = {
  gnome_libsecret: 'the Secret Service (GNOME Keyring)',
  kwallet: 'KWallet',
  kwallet5: 'KWallet',
  kwallet6: 'KWallet',
  macos_keychain: 'the macOS Keychain',
  windows_dpapi: 'Windows data protection',
};

function nameOf(backend: string): string {
  return keychainNames[backend] ?? 'the system keychain';
}

interface KeychainRowProps {
  slot: SlotSummary | null;
  /** The keychain that can be used here; null when there is none that really protects. */
  available: string | null;
}

/** Whether the system keychain opens the vault. */
export function KeychainRow({ slot, available }: KeychainRowProps): ReactNode {
  const [open, setOpen] = useState(false);
  const turnOff = useAction(
    () => keyhold().slots.remove({ kind: 'keychain' }),
    () => {
      toastDone('Keychain turned off', 'The vault opens with your passphrase only.');
    },
  );
  const usable = slot !== null && slot.backend === available;
  return (
    <>
      <SecurityRow
        icon={KeySquare}
        name="System keychain"
        badge={
          slot !== null && <Badge tone={usable ? 'good' : 'warning'}>{usable ? 'On' : 'Not usable'}</Badge>
        }
        actions={
          slot === null ? (
            available !== null && <Button onClick={() => setOpen(true)}>Turn on…</Button>
          ) : (
            <Button call={turnOff}>Turn off</Button>
          )
        }
      >
        <KeychainWords slot={slot} available={available} />
      </SecurityRow>
      <KeychainDialog opened={open} name={nameOf(available ?? '')} onClose={() => setOpen(false)} />
    </>
  );
}

function KeychainWords({ slot, available }: KeychainRowProps): ReactNode {
  if (slot !== null) {
    const name = nameOf(slot.backend ?? '');
    if (slot.backend === available) {
      return (
        <>
          Opens the vault at the start through {name}. On since <RelativeTime at={slot.createdAt} />.
        </>
      );
    }
    return available === null
      ? `It was set up with ${name}, which does not answer. Start or unlock it, or turn the keychain off.`
      : `It was set up with ${name}; this desktop uses ${nameOf(available)}. Turn it off and on again.`;
  }
  if (available === null) {
    return 'This desktop has no keychain that protects secrets. The passphrase opens the vault.';
  }
  return `Opens the vault without the passphrase, through ${nameOf(available)}, while you are signed in to this computer.`;
}
