import { KeyRound, RotateCcwKey, UserCheck, UserX, type LucideIcon } from 'lucide-react';
import type { OwnUser, UserSummary } from '../../../contracts/ipc/users.ts';

/** What can be done to a user beside editing. */
export type UserDeed = 'disable' | 'enable' | 'reset' | 'force';

interface OfferedDeed {
  deed: UserDeed;
  label: string;
  icon: LucideIcon;
}

/** What an administrator can do to a user: nothing to themselves, whom only another one changes. */
export function deedsFor({ id, status }: UserSummary, me: OwnUser): OfferedDeed[] {
  if (id === me.userId) return [];
  const passwords: OfferedDeed[] = [
    { deed: 'reset', label: 'Reset password…', icon: RotateCcwKey },
    { deed: 'force', label: 'Have the password changed…', icon: KeyRound },
  ];
  if (status === 'disabled') return [{ deed: 'enable', label: 'Enable…', icon: UserCheck }];
  return [...passwords, { deed: 'disable', label: 'Disable…', icon: UserX }];
}
