import {
  CircleAlert,
  FileClock,
  FileWarning,
  KeySquare,
  LifeBuoy,
  Lock,
  LockOpen,
  RectangleEllipsis,
  RefreshCw,
  ShieldCheck,
  Trash2,
  Vault,
} from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const vaultActivity = {
  'vault.created': display('Vault created', Vault),
  'vault.unlocked': display('Vault unlocked', LockOpen),
  'vault.unlock_failed': display('Wrong passphrase or code entered', CircleAlert, 'warning'),
  'vault.locked': display('Vault locked', Lock),
  'vault.recovered': display('Vault recovered, passphrase set anew', LifeBuoy, 'warning'),
  'vault.passphrase_changed': display('Passphrase changed', RectangleEllipsis),
  'vault.rekeyed': display('Vault re-keyed', RefreshCw),
  'vault.rows_vouched': display('Vault’s rows vouched for', ShieldCheck),
  'vault.keychain_added': display('Keychain unlock turned on', KeySquare),
  'vault.keychain_removed': display('Keychain unlock turned off', KeySquare),
  'vault.recovery_made': display('Recovery code made', LifeBuoy),
  'vault.recovery_removed': display('Recovery code removed', LifeBuoy),
  'vault.set_aside': display('Damaged vault file set aside', FileWarning, 'warning'),
  'vault.copies_removed': display('Copies of the vault deleted', Trash2),
  'vault.copy_used': display('Vault taken from a copy', FileClock, 'warning'),
} satisfies Partial<ActivityDisplays>;
