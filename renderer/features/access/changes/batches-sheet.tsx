import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Grid3x3, Undo2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { BatchSummary } from '../../../../contracts/ipc/access.ts';
import { counted } from '../../../lib/format.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Sheet } from '../../../ui/dialog.tsx';
import { LinesSkeleton } from '../../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../../ui/notice.tsx';
import { Item, ItemList, ItemNote } from '../../../ui/sheet.tsx';
import { RelativeTime } from '../../../ui/time.tsx';
import type { AccessWork } from '../model/access-work.ts';
import { batchesQuery } from '../model/queries.ts';
import { UndoButton } from './undo-button.tsx';
import { sampleWords } from '../model/change-words.ts';

/** Changes of a batch that are named. */
const shownSamples = 3;

/** The last batches of changes, each to be taken back. */
export function BatchesSheet({ work, onClose }: { work: AccessWork; onClose: () => void }): ReactNode {
  const list = useQuery(batchesQuery(work.place));
  return (
    <Sheet opened onClose={onClose} title="Last changes" size={500}>
      <div className="kh-stack" data-gap="3">
        <p className="kh-dim">
          Undo gives back what was there before, ends included, where nobody changed it since.
        </p>
        {list.isError && <ErrorNotice error={list.error} retry={() => void list.refetch()} />}
        {list.isPending && <LinesSkeleton lines={4} />}
        {list.data?.length === 0 && <p>Nobody has applied changes here yet.</p>}
        {list.data !== undefined && list.data.length > 0 && (
          <ItemList label="Last changes">
            {list.data.map((batch) => (
              <BatchItem key={batch.id} work={work} batch={batch} />
            ))}
          </ItemList>
        )}
      </div>
    </Sheet>
  );
}

function BatchItem({ work, batch }: { work: AccessWork; batch: BatchSummary }): ReactNode {
  const client = useQueryClient();
  const { id, madeAt, madeBy, changes, samples, isUndo, isUndone } = batch;
  const name = `${isUndo ? 'Undid ' : ''}${counted(changes, 'change')} by ${madeBy}`;
  const shown = samples.slice(0, shownSamples);
  const rest = changes - shown.length;
  return (
    <Item
      icon={isUndo ? <Undo2 aria-hidden /> : <Grid3x3 aria-hidden />}
      name={name}
      notes={
        <>
          {shown.map((sample) => (
            <ItemNote key={`${sample.principal} ${sample.repository}`}>{sampleWords(sample)}</ItemNote>
          ))}
          {rest > 0 && <ItemNote>{`and ${counted(rest, 'other change')}`}</ItemNote>}
          <ItemNote>
            <RelativeTime at={madeAt} />
          </ItemNote>
        </>
      }
    >
      {isUndone ? (
        <Badge tone="neutral">Undone</Badge>
      ) : (
        <UndoButton work={work} batchId={id} client={client} label={`Undo: ${name}`} />
      )}
    </Item>
  );
}
