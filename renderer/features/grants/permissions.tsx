import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Pencil, UserPlus, UserX } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { PermissionSummary, ServiceRepository } from '../../../contracts/ipc/permissions.ts';
import { keyhold } from '../../lib/api.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { SecondLine } from '../../ui/credential-cells.tsx';
import { DataTable, type Column, type Filter } from '../../ui/data-table.tsx';
import { FirstOfMany } from '../../ui/first-of-many.tsx';
import { SheetPart } from '../../ui/sheet.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { toastDone } from '../../ui/toast.ts';
import { useAction } from '../../ui/use-action.ts';
import { useAccessAction } from '../access/why/what-can.tsx';
import { outdateAccess } from '../access/model/list-queries.ts';
import css from './grants.module.css';
import { PermissionForm } from './permission-form.tsx';
import { shownActions } from './permission-words.ts';
import { PrincipalIcon } from '../../ui/principal-icon.tsx';
import { isOurs, orgOf } from './principals.ts';
import { permissionsQuery } from './queries.ts';

const who: Column<PermissionSummary> = {
  head: 'Who',
  orderBy: nameOf,
  cell: ({ principal: { kind, name, email } }, shown) => (
    <span className={css['principal']}>
      <PrincipalIcon kind={kind} />
      <span className={css['who']}>
        {shown}
        {email !== null && <SecondLine>{email}</SecondLine>}
        {name === null && <SecondLine>The service does not tell the name</SecondLine>}
      </span>
    </span>
  ),
};

const may: Column<PermissionSummary> = {
  head: 'May',
  orderBy: ({ actions }) => actions.length,
  cell: ({ actions }) => (
    <span className={css['badges']}>
      {shownActions(actions).map(({ action, label }) => (
        <Badge key={action} tone={action === 'admin' || action === 'delete' ? 'warning' : 'neutral'}>
          {label}
        </Badge>
      ))}
    </span>
  ),
};

const until: Column<PermissionSummary> = {
  head: 'Ends',
  orderBy: ({ expiresAt }) => expiresAt,
  cell: ({ expiresAt }) =>
    expiresAt === null ? <span className="kh-dim">Never</span> : <RelativeTime at={expiresAt} />,
};

const filter: Filter<PermissionSummary> = {
  label: 'Filter by name, email or action',
  noun: 'permissions',
  noMatch: 'No permission matches the filter.',
  from: 8,
  wordsOf: ({ principal: { name, email }, actions }) => [
    name,
    email,
    ...shownActions(actions).map(({ label }) => label),
  ],
};

interface PermissionsProps {
  context: ContextSummary;
  repository: ServiceRepository;
}

/** Who may do what on a repository, for those who may change that. */
export function Permissions({ context, repository }: PermissionsProps): ReactNode {
  const client = useQueryClient();
  const query = permissionsQuery(context.id, repository.id);
  const list = useQuery(query);
  const access = useAccessAction(context, orgOf(repository.name) ?? '');
  /** The permission that is changed, `new` for another one. */
  const [edited, setEdited] = useState<PermissionSummary | 'new' | null>(null);
  const revoke = useAction(async (permission: PermissionSummary) => {
    const by = { contextId: context.id, permissionId: permission.id };
    const answer = await keyhold().permissions.revoke(by);
    if (answer.ok)
      toastDone(
        `The permission of ${nameOf(permission)} on ${repository.name} is taken back`,
        'This holds from now on, tokens included.',
      );
    // What is refused may be so because others changed something.
    await Promise.all([client.invalidateQueries(query), outdateAccess(client, context.id)]);
    return answer;
  });
  const given = list.data?.permissions;
  if (edited !== null) {
    const changed = edited === 'new' ? null : edited;
    return (
      <SheetPart title={changed === null ? 'Give permission' : `Permission of ${nameOf(changed)}`}>
        <PermissionForm
          context={context}
          repository={repository}
          given={given ?? []}
          changed={changed}
          onClose={() => setEdited(null)}
        />
      </SheetPart>
    );
  }
  return (
    <SheetPart
      title="Permissions"
      aside={
        given !== undefined && (
          <Button size="small" kind="primary" icon={<UserPlus />} onClick={() => setEdited('new')}>
            Give permission
          </Button>
        )
      }
    >
      <div className={`kh-stack ${css['list'] ?? ''}`}>
        <FirstOfMany listed={given?.length} total={list.data?.total} order="kind" />
        <DataTable
          label="Permissions"
          columns={isOurs(repository) ? [who, may, until] : [who, may]}
          list={{ ...list, data: given }}
          filter={filter}
          idOf={({ id }) => id}
          nameOf={nameOf}
          empty={<p className="kh-dim">{nobody(repository.name)}</p>}
          onOpen={(permission) => {
            if (isKnown(permission)) setEdited(permission);
          }}
          menuOf={(permission) => {
            const change = {
              label: 'Change…',
              icon: Pencil,
              run: () => {
                setEdited(permission);
              },
            };
            const take = {
              label: 'Revoke',
              icon: UserX,
              run: () => {
                revoke.mutate(permission);
              },
            };
            return isKnown(permission) ? [change, ...access.actionFor(whoseOf(permission)), take] : [take];
          }}
        />
        {access.sheet}
      </div>
    </SheetPart>
  );
}

/** Whose permission it is, as one word for it names them. A bot's name has its organization before it. */
function whoseOf(permission: PermissionSummary): { reference: string; name: string } {
  const { kind, id } = permission.principal;
  const name = nameOf(permission);
  return { reference: kind === 'bot' ? `bot:${name}` : `${kind}:${id}`, name };
}

/** Whether it can be said again whose it is. */
function isKnown({ principal }: PermissionSummary): boolean {
  return principal.kind !== 'other';
}

function nobody(repository: string): string {
  const org = orgOf(repository);
  return org === null
    ? 'Nobody was given one. Administrators of the service need none.'
    : `Nobody was given one. Owners of ${org} and administrators of the service need none.`;
}

function nameOf({ principal: { name, id } }: PermissionSummary): string {
  return name ?? id;
}
