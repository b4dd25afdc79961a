import {
  CircleAlert,
  ClipboardCopy,
  Eye,
  FileCheck,
  FileMinus,
  Import,
  KeyRound,
  Lock,
  LockOpen,
  LogOut,
  PackageCheck,
  PackageX,
  Pencil,
  Plus,
  RefreshCw,
  ShieldCheck,
  ShieldOff,
  Ticket,
  Trash2,
  Undo2,
  Vault,
  type LucideIcon,
} from 'lucide-react';
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
  'vault.unlock_failed': look('Wrong passphrase entered', CircleAlert, 'warning'),
  'vault.locked': look('Vault locked', Lock),
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
  'registry.set_up': look('Podman set up', FileCheck),
  'registry.undone': look('Podman’s set-up undone', FileMinus),
  'helper.credential_given': look('Credential handed out', PackageCheck),
  'helper.refused': look('Credential refused', PackageX, 'warning'),
};

type Kind = ActivityEntry['kind'];

export type ActivitySubject = 'all' | 'vault' | 'contexts' | 'keys' | 'tokens' | 'registries' | 'warnings';

const allKinds = Object.keys(activityLooks) as Kind[];

function kindsOf(...prefixes: string[]): Kind[] {
  return allKinds.filter((kind) => prefixes.some((prefix) => kind.startsWith(`${prefix}.`)));
}

/** What the list can be narrowed to; `kinds` null for everything. */
export const activitySubjects: Readonly<Record<ActivitySubject, { label: string; kinds: Kind[] | null }>> = {
  all: { label: 'All activity', kinds: null },
  vault: { label: 'Vault', kinds: kindsOf('vault') },
  contexts: { label: 'Contexts', kinds: kindsOf('context') },
  keys: { label: 'Keys', kinds: kindsOf('key') },
  tokens: { label: 'Tokens', kinds: kindsOf('token') },
  registries: { label: 'Registries', kinds: kindsOf('registry', 'helper') },
  warnings: {
    label: 'Warnings',
    kinds: allKinds.filter((kind) => activityLooks[kind].tone === 'warning'),
  },
};
