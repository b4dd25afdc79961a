import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ListChecks } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../../contracts/domain/context.ts';
import type { AccessRepository } from '../../../../contracts/ipc/access.ts';
import { Button } from '../../../ui/button.tsx';
import { SecondLine } from '../../../ui/credential-cells.tsx';
import type { Column, Filter } from '../../../ui/data-table.tsx';
import { Sheet } from '../../../ui/dialog.tsx';
import type { RowAction } from '../../../ui/row-menu.tsx';
import { RelativeTime } from '../../../ui/time.tsx';
import { useAccessOrganizations, whatCanQuery } from '../model/list-queries.ts';
import { howWords, mayWords } from '../model/list-words.ts';
import { RepositoryList } from './repository-list.tsx';
import { Why } from './why.tsx';

const columns: readonly Column<AccessRepository>[] = [
  { head: 'Repository', orderBy: ({ name }) => name, cell: (_repository, name) => name },
  {
    head: 'May',
    orderBy: ({ actions }) => actions.length,
    cell: (repository) => (
      <>
        {mayWords(repository.actions)}
        <SecondLine>{howWords(repository)}</SecondLine>
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

const filter: Filter<AccessRepository> = {
  label: 'Filter by name, access or way',
  noun: 'repositories',
  noMatch: 'No repository matches the filter.',
  from: 8,
  wordsOf: (repository) => [repository.name, mayWords(repository.actions), howWords(repository)],
};

interface Whose {
  /** `user:ID`, `group:ID` or `bot:org/name`. */
  reference: string;
  name: string;
}

interface AccessOfProps extends Whose {
  context: ContextSummary;
  /** The organization that it is about; without it, each in which the user may change access, one at a time. */
  organization?: string | undefined;
}

/** What somebody can do, and why, as a part of a sheet. Nothing for those who may not change that. */
export function AccessOf({ context, organization, ...who }: AccessOfProps): ReactNode {
  const all = useAccessOrganizations(context);
  const [chosen, setChosen] = useState(context.org);
  const open = organization === undefined ? all : all.filter(({ slug }) => slug === organization);
  const shown = open.find(({ slug }) => slug === chosen) ?? open[0];
  if (shown === undefined) return null;
  return (
    <>
      {open.length > 1 && (
        <NativeSelect
          label="Access in"
          value={shown.slug}
          data={open.map(({ slug, name }) => ({ value: slug, label: name }))}
          onChange={(event) => setChosen(event.currentTarget.value)}
        />
      )}
      <Repositories key={shown.slug} contextId={context.id} organization={shown.slug} {...who} />
    </>
  );
}

interface RepositoriesProps extends Whose {
  contextId: string;
  organization: string;
}

function Repositories({ contextId, organization, reference, name }: RepositoriesProps): ReactNode {
  const list = useQuery(whatCanQuery({ contextId, organization }, reference));
  return (
    <RepositoryList
      title={`Access in ${organization}`}
      {...{ name, columns, filter }}
      list={{ ...list, data: list.data?.repositories }}
      isWhole={list.data?.isWhole}
      empty="None to the repositories that you administer."
      why={(repository) => <Why contextId={contextId} principal={reference} repository={repository} />}
    />
  );
}

/** What somebody can do, in a sheet of its own. */
export function AccessSheet({ onClose, ...props }: AccessOfProps & { onClose: () => void }): ReactNode {
  return (
    <Sheet opened onClose={onClose} title={`What ${props.name} can do`} size={560}>
      <div className="kh-stack" data-gap="5">
        <AccessOf {...props} />
      </div>
    </Sheet>
  );
}

/** The name of somebody, which opens what they can do. Their name alone for those who may not change that. */
export function PrincipalName(props: AccessOfProps): ReactNode {
  const [opened, setOpened] = useState(false);
  const { name, organization } = props;
  const all = useAccessOrganizations(props.context);
  const isOpen = organization === undefined ? all.length > 0 : all.some(({ slug }) => slug === organization);
  if (!isOpen) return <bdi>{name}</bdi>;
  return (
    <>
      <Button kind="quiet" size="small" aria-haspopup="dialog" onClick={() => setOpened(true)}>
        <bdi>{name}</bdi>
      </Button>
      {opened && <AccessSheet {...props} onClose={() => setOpened(false)} />}
    </>
  );
}

/** For rows of people, groups and bots: the action that shows what one of them can do, and the sheet that it opens. */
export function useAccessAction(
  context: ContextSummary,
  organization?: string,
): { actionFor: (who: Whose) => RowAction[]; sheet: ReactNode } {
  const all = useAccessOrganizations(context);
  const [asked, setAsked] = useState<Whose | null>(null);
  const isOpen = organization === undefined ? all.length > 0 : all.some(({ slug }) => slug === organization);
  return {
    actionFor: (who) =>
      isOpen ? [{ label: 'What they can do', icon: ListChecks, run: () => setAsked(who) }] : [],
    sheet: asked !== null && (
      <AccessSheet {...asked} {...{ context, organization }} onClose={() => setAsked(null)} />
    ),
  };
}
