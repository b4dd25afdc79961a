import { useState, type ReactNode } from 'react';
import type { AccessPrincipalSummary } from '../../../../contracts/ipc/access.ts';
import { SecondLine } from '../../../ui/credential-cells.tsx';
import { DataTable, type Column, type Filter } from '../../../ui/data-table.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { FormFrame } from '../../../ui/form.tsx';
import { PrincipalIcon } from '../../../ui/principal-icon.tsx';
import css from './access.module.css';

const columns: readonly Column<AccessPrincipalSummary>[] = [
  {
    head: 'Name',
    orderBy: ({ name }) => name,
    cell: ({ kind, email }, name) => (
      <span className={css['principal']}>
        <PrincipalIcon kind={kind} />
        <span>
          <bdi>{name}</bdi>
          {email !== null && <SecondLine>{email}</SecondLine>}
        </span>
      </span>
    ),
  },
];

const filter: Filter<AccessPrincipalSummary> = {
  label: 'Filter by name or email',
  noun: 'people, groups and bots',
  noMatch: 'Nobody of that name is in the list.',
  from: 6,
  autoFocus: true,
  wordsOf: ({ name, email }) => [name, email],
};

interface PrincipalsDialogProps {
  title: string;
  /** What follows from the choice. */
  children: ReactNode;
  principals: readonly AccessPrincipalSummary[];
  /** How many may be chosen. */
  max?: number;
  /** The words of its button for so many. */
  action: (count: number) => string;
  onChoose: (chosen: readonly AccessPrincipalSummary[]) => void;
  onClose: () => void;
}

/** Chooses some people, groups and bots. */
export function PrincipalsDialog(props: PrincipalsDialogProps): ReactNode {
  const { title, children, principals, max = principals.length, action, onChoose, onClose } = props;
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const isTooMany = ids.size > max;
  return (
    <Dialog opened onClose={onClose} title={title} size={520}>
      <FormFrame
        form={{
          ...{ busy: false, error: null },
          submit: (event) => {
            event.preventDefault();
            onClose();
            onChoose(principals.filter(({ reference }) => ids.has(reference)));
          },
        }}
        action={action(ids.size)}
        disabled={ids.size === 0 || isTooMany}
        onCancel={onClose}
        {...(isTooMany && {
          sentence: { label: 'Limit', words: `${max.toLocaleString('en')} more can be added at most.` },
        })}
      >
        <p className="kh-dim">{children}</p>
        <DataTable
          label="People, groups and bots"
          columns={columns}
          list={{ data: principals, error: null, refetch: () => undefined }}
          filter={filter}
          idOf={({ reference }) => reference}
          nameOf={({ name }) => name}
          empty={<p className="kh-dim">There is nobody else.</p>}
          selection={{ kind: 'several', ids, onChange: setIds }}
        />
      </FormFrame>
    </Dialog>
  );
}
