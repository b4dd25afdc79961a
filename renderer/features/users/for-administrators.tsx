import { useQuery } from '@tanstack/react-query';
import { ShieldOff } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { OwnUser } from '../../../contracts/ipc/users.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { NeedsKey } from '../contexts/needs-key.tsx';
import { administrator, ownUserQuery } from './queries.ts';
import { roleTitle } from './user-words.ts';

interface ForAdministratorsProps {
  title: string;
  context: ContextSummary;
  /** The page, once it is known that an administrator looks. */
  children: (me: OwnUser) => ReactNode;
}

/** A page for administrators of the context's service; others learn which role is missing. */
export function ForAdministrators({ title, context, children }: ForAdministratorsProps): ReactNode {
  const active = context.state === 'active';
  const me = useQuery({ ...ownUserQuery(context.id), enabled: active });
  if (!active) return <NeedsKey title={title} context={context} />;
  if (me.data?.role === administrator) return children(me.data);
  return (
    <Page title={title}>
      {me.isPending && <LinesSkeleton lines={4} />}
      {me.isError && <ErrorNotice error={me.error} retry={() => void me.refetch()} />}
      {me.data !== undefined && (
        <EmptyState picture={<ShieldOff />} title={`${title}: for administrators of ${context.serviceName}`}>
          {`You are ${me.data.username} there, with the role ${roleTitle(me.data.role)}. The role Administrator is missing: another administrator can give it to you.`}
        </EmptyState>
      )}
    </Page>
  );
}
