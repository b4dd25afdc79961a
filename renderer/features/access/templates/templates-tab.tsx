import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { AccessPlace } from '../../../../contracts/ipc/access.ts';
import { LinesSkeleton } from '../../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../../ui/notice.tsx';
import { sidesQuery } from '../model/queries.ts';
import { useAddChanges } from '../model/use-add-changes.ts';
import { DefaultGrants } from './default-grants.tsx';
import { Templates } from './templates.tsx';
import css from './templates.module.css';

/** What is given as a rule: to some of a kind by a template, and on each new repository. */
export function TemplatesTab({ place }: { place: AccessPlace }): ReactNode {
  const sides = useQuery(sidesQuery(place));
  const add = useAddChanges(place);
  if (sides.data === undefined)
    return sides.isError ? (
      <ErrorNotice error={sides.error} retry={() => void sides.refetch()} />
    ) : (
      <LinesSkeleton lines={6} />
    );
  return (
    <div className={css['tab']}>
      {add.isPending && (
        <p className="kh-dim kh-late" role="status">
          Preparing the changes…
        </p>
      )}
      <Templates place={place} sides={sides.data} onPrepare={(changes) => add.mutate(changes)} />
      <DefaultGrants place={place} principals={sides.data.principals} />
    </div>
  );
}
