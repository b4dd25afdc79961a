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
import { look, type ActivityLooks } from '../../lib/activity-look.ts';

export const vaultActivity = {
  'vault.created': look('Vault created', Vault),
  'vault.unlocked': look('Vault unlocked', LockOpen),
  'vault.unlock_failed': look('Wrong passphrase or code entered', CircleAlert, 'warning'),
  'vault.locked': look('Vault locked', Lock),
  'vault.recovered': look('Vault recovered, passphrase set anew', LifeBuoy, 'warning'),
  'vault.passphrase_changed': look('Passphrase changed', RectangleEllipsis),
  'vault.rekeyed': look('Vault re-keyed', RefreshCw),
  'vault.rows_vouched': look('Vault’s rows vouched for', ShieldCheck),
  'vault.keychain_added': look('Keychain unlock turned on', KeySquare),
  'vault.keychain_removed': look('Keychain unlock turned off', KeySquare),
  'vault.recovery_made': look('Recovery code made', LifeBuoy),
  'vault.recovery_removed': look('Recovery code removed', LifeBuoy),
  'vault.set_aside': look('Damaged vault file set aside', FileWarning, 'warning'),
  'vault.copies_removed': look('Copies of the vault deleted', Trash2),
  'vault.copy_used': look('Vault taken from a copy', FileClock, 'warning'),
} satisfies Partial<ActivityLooks>;
