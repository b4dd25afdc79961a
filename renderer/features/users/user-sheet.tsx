import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { OwnUser, UserSummary } from '../../../contracts/ipc/users.ts';
import { exactTime } from '../../lib/format.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { Code } from '../../ui/code.tsx';
import { Sheet } from '../../ui/dialog.tsx';
import { FactList } from '../../ui/fact-list.tsx';
import { Notice } from '../../ui/notice.tsx';
import { SheetPart } from '../../ui/sheet.tsx';
import { AccessOf } from '../access/why/what-can.tsx';
import { deedsFor, type UserDeed } from './deeds-for.ts';
import { EditUserForm } from './edit-user-form.tsx';
import { statusBadge } from './user-words.ts';

interface UserSheetProps {
  context: ContextSummary;
  me: OwnUser;
  /** The user to show; null closes the sheet. */
  user: UserSummary | null;
  onDeed: (deed: UserDeed, user: UserSummary) => void;
  onClose: () => void;
}

/** What is known of a user, and what can be changed. */
export function UserSheet({ user, onClose, ...props }: UserSheetProps): ReactNode {
  return (
    <Sheet opened={user !== null} onClose={onClose} title={user?.name ?? 'User'}>
      {user !== null && <Facts key={user.id} {...props} user={user} />}
    </Sheet>
  );
}

function Facts({
  context,
  me,
  user,
  onDeed,
}: Omit<UserSheetProps, 'onClose'> & { user: UserSummary }): ReactNode {
  const deeds = deedsFor(user, me);
  return (
    <div className="kh-stack" data-gap="5">
      {user.mustChangePassword && (
        <Notice tone="info" title="Has to choose another password">
          Until then the account opens nothing.
        </Notice>
      )}
      <FactList
        facts={[
          { name: 'User name', value: <Breakable>{user.username}</Breakable> },
          { name: 'State', value: statusBadge(user).words },
          ...time('Made', user.createdAt),
          {
            name: 'Last sign-in',
            value: user.lastSignInAt === null ? 'Never' : exactTime(user.lastSignInAt),
          },
          { name: 'User id', value: <Code>{user.id}</Code> },
        ]}
      />
      <SheetPart title="Account">
        <EditUserForm context={context} user={user} own={user.id === me.userId} />
      </SheetPart>
      <AccessOf context={context} reference={`user:${user.id}`} name={user.name} />
      <SheetPart title="Sign-in">
        {deeds.length === 0 ? (
          <p className="kh-dim">
            This is you. Another administrator can disable your account or reset its password.
          </p>
        ) : (
          <div className="kh-row">
            {deeds.map(({ deed, label, icon: Icon }) => (
              <Button
                key={deed}
                icon={<Icon />}
                kind={deed === 'disable' ? 'danger' : 'default'}
                onClick={() => onDeed(deed, user)}
              >
                {label}
              </Button>
            ))}
          </div>
        )}
      </SheetPart>
    </div>
  );
}

function time(name: string, at: string | null): { name: string; value: string }[] {
  return at === null ? [] : [{ name, value: exactTime(at) }];
}
