import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../../contracts/domain/context.ts';
import type { RepositoryAction } from '../../../../contracts/server-api/repositories.ts';
import { SecondLine } from '../../../ui/credential-cells.tsx';
import type { Column, Filter } from '../../../ui/data-table.tsx';
import { credentialCanQuery } from '../model/list-queries.ts';
import { eachWords, mayWords } from '../model/list-words.ts';
import { RepositoryList } from './repository-list.tsx';
import { WhyCredential } from './why.tsx';

interface OfCredential {
  name: string;
  public: boolean;
  actions: RepositoryAction[];
  withheld: RepositoryAction[];
}

const withheldWords = ({ withheld }: OfCredential): string =>
  withheld.length === 0
    ? 'all that its holder has'
    : `its holder also has ${eachWords(withheld).toLowerCase()}`;

const columns: readonly Column<OfCredential>[] = [
  { head: 'Repository', orderBy: ({ name }) => name, cell: (_repository, name) => name },
  {
    head: 'May',
    orderBy: ({ actions }) => actions.length,
    cell: (repository) => (
      <>
        {mayWords(repository.actions)}
        <SecondLine>{withheldWords(repository)}</SecondLine>
      </>
    ),
  },
];

const filter: Filter<OfCredential> = {
  label: 'Filter by name or access',
  noun: 'repositories',
  noMatch: 'No repository matches the filter.',
  from: 8,
  wordsOf: ({ name, actions }) => [name, mayWords(actions)],
};

interface CredentialAccessProps {
  context: ContextSummary;
  /** `api-key:…` or `api-token:…`. */
  credential: string;
  name: string;
}

/**
 * What a key or token can do on repositories, and why, as a part of its sheet: what its holder may do, without what it is
 * not good for. Nothing where the service does not tell it.
 */
export function CredentialAccess(props: CredentialAccessProps): ReactNode {
  return props.context.capabilities.includes('access') ? <Repositories {...props} /> : null;
}

function Repositories({ context, credential, name }: CredentialAccessProps): ReactNode {
  const list = useQuery(credentialCanQuery(context.id, credential));
  return (
    <RepositoryList
      title="What it can do"
      {...{ name, columns, filter }}
      list={{ ...list, data: list.data?.repositories }}
      isWhole={list.data?.isWhole}
      empty="Nothing on repositories."
      why={(repository) => (
        <WhyCredential contextId={context.id} credential={credential} repository={repository} />
      )}
    />
  );
}
