import { Tabs } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { Grant } from '../../../contracts/ipc/grants.ts';
import type { ServiceRepository } from '../../../contracts/ipc/permissions.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { exactTime } from '../../lib/format.ts';
import { Sheet } from '../../ui/dialog.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { Item, ItemList, ItemNote, SheetPart } from '../../ui/sheet.tsx';
import { toastDone, toastError } from '../../ui/toast.ts';
import { RepositoryTags } from '../images/repository-tags.tsx';
import { administrator, useOwnUser } from '../users/queries.ts';
import { WhoCan } from '../access/why/who-can.tsx';
import { AskForm } from '../access/parts/ask-form.tsx';
import { outdateAccess } from '../access/model/list-queries.ts';
import css from './grants.module.css';
import { GrantForm } from './grant-form.tsx';
import { Permissions } from './permissions.tsx';
import { PrincipalIcon } from '../../ui/principal-icon.tsx';
import { orgOf } from './principals.ts';
import { grantsQuery } from './queries.ts';

interface RepositorySheetProps {
  context: ContextSummary;
  /** The repository to show; null closes the sheet. */
  repository: ServiceRepository | null;
  onClose: () => void;
}

/** What is in a repository, and who may use it. */
export function RepositorySheet({ context, repository, onClose }: RepositorySheetProps): ReactNode {
  return (
    <Sheet opened={repository !== null} onClose={onClose} title={repository?.name ?? 'Repository'} size={640}>
      {repository !== null && <Parts context={context} repository={repository} key={repository.id} />}
    </Sheet>
  );
}

function Parts({ context, repository }: GrantsProps): ReactNode {
  const { actions } = repository;
  const access = <Access context={context} repository={repository} />;
  // A service that does not tell what one may do there keeps more than images, under names of its own.
  if (actions === null) return access;
  return (
    <Tabs defaultValue="tags" keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="tags">Tags</Tabs.Tab>
        <Tabs.Tab value="access">Access</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="tags" className={css['panel']}>
        <RepositoryTags context={context} repository={{ ...repository, actions }} />
      </Tabs.Panel>
      {/* What was typed or chosen stays while tags are looked at. */}
      <Tabs.Panel value="access" keepMounted className={css['panel']}>
        {access}
      </Tabs.Panel>
    </Tabs>
  );
}

/** Who may use a repository, for those who may change that. */
function Access({ context, repository }: GrantsProps): ReactNode {
  const manages = useOwnUser(context)?.role === administrator;
  const administers = repository.actions?.includes('admin') ?? manages;
  const org = orgOf(repository.name);
  const Given = context.capabilities.includes('permissions') ? Permissions : Grants;
  return (
    <div className="kh-stack" data-gap="5">
      {repository.public && (
        <p className="kh-dim">Everybody may pull from it. What is given here says who else may push.</p>
      )}
      {administers ? (
        <>
          <Given context={context} repository={repository} />
          {org !== null && <WhoCan context={context} organization={org} repository={repository.name} />}
        </>
      ) : (
        <NotAdmin context={context} repository={repository} org={org} />
      )}
    </div>
  );
}

/** For who may use it, but not change who else may: leads to more. */
function NotAdmin({ context, repository, org }: GrantsProps & { org: string | null }): ReactNode {
  const [isAsking, setAsking] = useState(false);
  const mayAsk = context.capabilities.includes('access');
  const whom = org === null ? `an administrator of ${context.serviceName}` : `an owner of ${org}`;
  return (
    <>
      <Notice
        tone="info"
        title="You need admin on it to see who may use it"
        actions={
          mayAsk && !isAsking ? <Button onClick={() => setAsking(true)}>Ask for access</Button> : undefined
        }
      >
        {`You can use this repository, but not see or change who else may. ${mayAsk ? 'What you may not do, you can ask for.' : `Ask ${whom}.`}`}
      </Notice>
      {isAsking && (
        <SheetPart title="Ask for access">
          <AskForm
            context={context}
            about={repository.name}
            onCancel={() => setAsking(false)}
            onDone={() => setAsking(false)}
          />
        </SheetPart>
      )}
    </>
  );
}

interface GrantsProps {
  context: ContextSummary;
  repository: ServiceRepository;
}

function Grants({ context, repository }: GrantsProps): ReactNode {
  const list = useQuery(grantsQuery(context.id, repository.name));
  return (
    <>
      <GrantForm context={context} repository={repository.name} />
      <SheetPart title="Authorized">
        {list.isError && <ErrorNotice error={list.error} retry={() => void list.refetch()} />}
        {list.isPending && <LinesSkeleton lines={3} />}
        {list.data?.length === 0 && (
          <p className="kh-dim">Nobody but the owners of {repository.name.split('/')[0]}.</p>
        )}
        {list.data !== undefined && list.data.length > 0 && (
          <ItemList label="Authorizations">
            {list.data.map((grant) => (
              <GrantRow key={grant.id} context={context} repository={repository.name} shown={grant} />
            ))}
          </ItemList>
        )}
      </SheetPart>
    </>
  );
}

interface GrantRowProps {
  context: ContextSummary;
  repository: string;
  shown: Grant;
}

function GrantRow({ context, repository, shown }: GrantRowProps): ReactNode {
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => valueOf(keyhold().grants.revoke({ contextId: context.id, repository, id: shown.id })),
    onSuccess: () => {
      toastDone(`${shown.name} may no longer use ${repository}`, 'This holds from now on, tokens included.');
    },
    onError: toastError,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries(grantsQuery(context.id, repository)),
        outdateAccess(client, context.id),
      ]),
  });
  return (
    <Item
      icon={<PrincipalIcon kind={shown.kind} />}
      name={shown.name}
      notes={
        <>
          {shown.email !== null && <ItemNote>{shown.email}</ItemNote>}
          <ItemNote>{shown.expiresAt === null ? 'No end' : `Until ${exactTime(shown.expiresAt)}`}</ItemNote>
        </>
      }
    >
      <Badge tone={shown.permission === 'writer' ? 'warning' : 'neutral'}>{shown.permission}</Badge>
      <Button size="small" aria-label={`Revoke ${shown.name}`} call={revoke}>
        Revoke
      </Button>
    </Item>
  );
}
