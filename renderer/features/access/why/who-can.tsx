import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../../contracts/domain/context.ts';
import type { AccessHolder } from '../../../../contracts/ipc/access.ts';
import { Button } from '../../../ui/button.tsx';
import { SecondLine } from '../../../ui/credential-cells.tsx';
import { DataTable, type Column, type Filter } from '../../../ui/data-table.tsx';
import { PrincipalIcon } from '../../../ui/principal-icon.tsx';
import { Sheet } from '../../../ui/dialog.tsx';
import { SheetPart } from '../../../ui/sheet.tsx';
import { RelativeTime } from '../../../ui/time.tsx';
import { useAccessOrganizations, whoCanQuery } from '../model/list-queries.ts';
import { howWords, mayWords } from '../model/list-words.ts';
import { PrincipalName } from './what-can.tsx';
import { Why } from './why.tsx';
import css from './why.module.css';

const columns: readonly Column<AccessHolder>[] = [
  {
    head: 'Who',
    orderBy: ({ principal }) => principal.name,
    cell: ({ principal: { kind, email } }, name) => (
      <span className={css['principal']}>
        <PrincipalIcon kind={kind} />
        <span className={css['who']}>
          {name}
          {email !== null && <SecondLine>{email}</SecondLine>}
        </span>
      </span>
    ),
  },
  {
    head: 'May',
    orderBy: ({ actions }) => actions.length,
    cell: (holder) => (
      <>
        {mayWords(holder.actions)}
        <SecondLine>{holder.principal.active ? howWords(holder) : 'The account is closed'}</SecondLine>
      </>
    ),
  },
  {
    head: 'Ends',
    orderBy: ({ until }) => until,
    cell: ({ until }) =>
      until === null ? <span className="kh-dim">Never</span> : <RelativeTime at={until} />,
  },
];

const filter: Filter<AccessHolder> = {
  label: 'Filter by name, email, access or way',
  noun: 'of them',
  noMatch: 'Nobody matches the filter.',
  from: 8,
  wordsOf: (holder) => [
    holder.principal.name,
    holder.principal.email,
    mayWords(holder.actions),
    howWords(holder),
  ],
};

interface WhoCanProps {
  context: ContextSummary;
  /** Its organization and name. */
  organization: string;
  repository: string;
}

/** Who can access a repository, by whatever way, and why. Nothing for those who may not change that. */
export function WhoCan({ context, organization, repository }: WhoCanProps): ReactNode {
  const mayChange = useAccessOrganizations(context).some(({ slug }) => slug === organization);
  const place = { contextId: context.id, organization };
  const list = useQuery({ ...whoCanQuery(place, repository), enabled: mayChange });
  const [asked, setAsked] = useState<AccessHolder | null>(null);
  if (!mayChange) return null;
  if (asked !== null) {
    const { reference, name } = asked.principal;
    return (
      <SheetPart
        title={`Why ${name} can access it`}
        aside={
          <Button size="small" onClick={() => setAsked(null)}>
            Back to all
          </Button>
        }
      >
        <Why contextId={context.id} principal={reference} repository={repository} />
        <p>
          All that they can access: <PrincipalName context={context} {...{ organization, reference, name }} />
        </p>
      </SheetPart>
    );
  }
  return (
    <SheetPart title="Who can access it">
      <DataTable
        label="Who can access it"
        columns={columns}
        list={{ ...list, data: list.data?.holders }}
        filter={filter}
        idOf={({ principal }) => principal.reference}
        nameOf={({ principal }) => principal.name}
        empty={<p className="kh-dim">Nobody but administrators of {context.serviceName}.</p>}
        onOpen={setAsked}
      />
      {list.data?.isWhole === false && (
        <p className="kh-dim">There are more: the first of them are listed, groups before people.</p>
      )}
    </SheetPart>
  );
}

/** Who can access a repository, in a sheet of its own. */
export function WhoCanSheet({ onClose, ...props }: WhoCanProps & { onClose: () => void }): ReactNode {
  return (
    <Sheet opened onClose={onClose} title={props.repository} size={560}>
      <WhoCan {...props} />
    </Sheet>
  );
}
