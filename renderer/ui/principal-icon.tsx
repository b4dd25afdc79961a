import { Bot, CircleHelp, User, Users } from 'lucide-react';
import type { ReactNode } from 'react';
import type { PermissionSummary } from '../../contracts/ipc/permissions.ts';

const icons = {
  user: <User aria-label="Person" />,
  group: <Users aria-label="Group" />,
  bot: <Bot aria-label="Bot" />,
  other: <CircleHelp aria-label="Of another kind" />,
};

/** Whether it is a person, a group or a bot. */
export function PrincipalIcon({ kind }: { kind: PermissionSummary['principal']['kind'] }): ReactNode {
  return icons[kind];
}
