import { useState, type ReactNode } from 'react';
import { Button } from '../../../ui/button.tsx';
import { DataTable, type Column, type Filter, type Listed } from '../../../ui/data-table.tsx';
import { SheetPart } from '../../../ui/sheet.tsx';

interface RepositoryListProps<Row> {
  title: string;
  /** Whose access it is. */
  name: string;
  columns: readonly Column<Row>[];
  filter: Filter<Row>;
  list: Listed<Row>;
  isWhole: boolean | undefined;
  /** Shown where there are none. */
  empty: string;
  /** Why it is so on one of them. */
  why: (repository: string) => ReactNode;
}

/** Repositories with what somebody, or something, can do on them; one of them opens why. */
export function RepositoryList<Row extends { name: string }>(props: RepositoryListProps<Row>): ReactNode {
  const { title, name, columns, filter, list, isWhole, empty, why } = props;
  const [asked, setAsked] = useState<string | null>(null);
  if (asked !== null) {
    return (
      <SheetPart
        title={`Why ${name} can access ${asked}`}
        aside={
          <Button size="small" onClick={() => setAsked(null)}>
            Back to all
          </Button>
        }
      >
        {why(asked)}
      </SheetPart>
    );
  }
  return (
    <SheetPart title={title}>
      <DataTable
        label={`Access of ${name}`}
        columns={columns}
        list={list}
        filter={filter}
        idOf={(repository) => repository.name}
        nameOf={(repository) => repository.name}
        empty={<p className="kh-dim">{empty}</p>}
        onOpen={(repository) => setAsked(repository.name)}
      />
      {isWhole === false && (
        <p className="kh-dim">There are more repositories: the first of them are listed.</p>
      )}
    </SheetPart>
  );
}
