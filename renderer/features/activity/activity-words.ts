import {
  Archive,
  ArchiveRestore,
  Bot,
  CircleAlert,
  CircleUserRound,
  ClipboardCopy,
  Eye,
  FileCheck,
  FileClock,
  FileKey,
  FileMinus,
  Import,
  FileWarning,
  KeyRound,
  KeySquare,
  LifeBuoy,
  Lock,
  LockOpen,
  LogOut,
  PackageCheck,
  PackageX,
  Pencil,
  Plus,
  RectangleEllipsis,
  RefreshCw,
  ShieldCheck,
  ShieldOff,
  SlidersHorizontal,
  Stethoscope,
  Ticket,
  Trash2,
  Undo2,
  UserCheck,
  UserX,
  Vault,
  type LucideIcon,
} from 'lucide-react';
import { lockReasons, type LockReason } from '../../../contracts/domain/lock.ts';
import type { ActivityEntry } from '../../../contracts/ipc/activity.ts';

interface Look {
  words: string;
  icon: LucideIcon;
  tone: 'neutral' | 'warning';
}

function look(words: string, icon: LucideIcon, tone: Look['tone'] = 'neutral'): Look {
  return { words, icon, tone };
}

/** Words and picture for every kind of entry. A kind without them does not compile. */
export const activityLooks: Readonly<Record<ActivityEntry['kind'], Look>> = {
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
  'backup.saved': look('Backup saved', Archive),
  'backup.restored': look('Backup restored', ArchiveRestore),
  'context.added': look('Context added', Plus),
  'context.edited': look('Context edited', Pencil),
  'context.signed_out': look('Signed out', LogOut),
  'context.removed': look('Context removed', Trash2),
  'key.created': look('Key made', KeyRound),
  'key.imported': look('Key imported', Import),
  'key.edited': look('Key changed', Pencil),
  'key.rotated': look('Key rotated', RefreshCw),
  'key.rotation_undone': look('Key rotation undone', Undo2),
  'key.revoked': look('Key revoked', ShieldOff),
  'key.removed': look('Key removed', Trash2),
  'key.registered': look('Key registered', ShieldCheck),
  'token.minted': look('Token minted', Ticket),
  'token.copied': look('Token copied', ClipboardCopy),
  'token.revealed': look('Token shown', Eye),
  'registry.set_up': look('Registry set up', FileCheck),
  'registry.undone': look('Registry’s set-up undone', FileMinus),
  'registry.account_chosen': look('Account for a registry chosen', CircleUserRound),
  'settings.changed': look('Security setting changed', SlidersHorizontal),
  'settings.weakened': look('Security setting weakened', SlidersHorizontal, 'warning'),
  'doctor.mended': look('Mended by the Doctor', Stethoscope),
  'bot.created': look('Bot made', Bot),
  'bot.removed': look('Bot deleted', Trash2),
  'bot.key_made': look('Bot’s key made and registered', KeyRound),
  'bot.key_revoked': look('Bot’s key revoked', ShieldOff),
  'bot.credential_saved': look('Bot’s credential saved to a file', FileKey),
  'bot.credential_copied': look('Bot’s credential copied', ClipboardCopy),
  'access.granted': look('Authorization given', UserCheck),
  'access.revoked': look('Authorization taken back', UserX),
  'image.tag_deleted': look('Tag deleted', Trash2),
  'approval.allowed': look('Use allowed', UserCheck),
  'approval.denied': look('Use denied', UserX, 'warning'),
  'approval.rule_removed': look('Approval rule removed', Trash2),
  'helper.credential_given': look('Credential handed out', PackageCheck),
  'helper.refused': look('Credential refused', PackageX, 'warning'),
};

type Kind = ActivityEntry['kind'];

export type ActivitySubject =
  'all' | 'vault' | 'contexts' | 'keys' | 'tokens' | 'registries' | 'organization' | 'approvals' | 'warnings';

const allKinds = Object.keys(activityLooks) as Kind[];

function kindsOf(...prefixes: string[]): Kind[] {
  return allKinds.filter((kind) => prefixes.some((prefix) => kind.startsWith(`${prefix}.`)));
}

/** What the list can be narrowed to; `kinds` null for everything. */
export const activitySubjects: Readonly<Record<ActivitySubject, { label: string; kinds: Kind[] | null }>> = {
  all: { label: 'All activity', kinds: null },
  vault: { label: 'Vault', kinds: kindsOf('vault', 'backup', 'settings') },
  contexts: { label: 'Contexts', kinds: kindsOf('context') },
  keys: { label: 'Keys', kinds: kindsOf('key') },
  tokens: { label: 'Tokens', kinds: kindsOf('token') },
  registries: { label: 'Registries', kinds: kindsOf('registry', 'helper') },
  organization: { label: 'Bots and authorizations', kinds: kindsOf('bot', 'access') },
  approvals: { label: 'Approvals', kinds: kindsOf('approval') },
  warnings: {
    label: 'Warnings',
    kinds: allKinds.filter((kind) => activityLooks[kind].tone === 'warning'),
  },
};

const lockReasonWords: Readonly<Record<LockReason, string>> = {
  click: 'in the window',
  shortcut: 'by the keyboard',
  tray: 'from the tray',
  idle: 'nobody used the computer',
  suspend: 'the computer went to sleep',
  screen_lock: 'the screen was locked',
  command: 'by keyhold lock',
  quit: 'Keyhold was closed',
};

/** An entry's detail in words: why the vault was locked; all else says itself. */
export function detailWords({ kind, detail }: ActivityEntry): string | null {
  const reason = kind === 'vault.locked' ? lockReasons.find((known) => known === detail) : undefined;
  return reason === undefined ? detail : lockReasonWords[reason];
}
