import { queryOptions, useQuery } from '@tanstack/react-query';
import { ListChecks } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { AccessFinding } from '../../../../contracts/ipc/access-review.ts';
import type { AccessPlace } from '../../../../contracts/ipc/access.ts';
import { reviewRules, type ReviewKind } from '../../../../contracts/server-api/access/review.ts';
import { keyhold, valueOf, type Answer } from '../../../lib/api.ts';
import { counted, dateWords } from '../../../lib/format.ts';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { LinesSkeleton } from '../../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../../ui/notice.tsx';
import { useAccessWork } from '../model/access-work.ts';
import { useHeld } from '../../../lib/held-value.ts';
import { cellKey } from '../model/pending.ts';
import { sidesQuery } from '../model/queries.ts';
import { useAddChanges } from '../model/use-add-changes.ts';
import access from '../parts/access.module.css';
import { FindingTable } from './finding-table.tsx';
import { changesOf, findingId } from './finding-words.ts';
import css from './review.module.css';

type Review = Answer<'accessReview', 'findings'>;

const reviewQuery = ({ contextId, organization }: AccessPlace) =>
  queryOptions({
    queryKey: ['access-review', contextId, organization],
    queryFn: () => valueOf(keyhold().accessReview.findings({ contextId, organization })),
    // What was mended since is gone when it is looked at again.
    staleTime: 0,
  });

/** What is worth a look among the grants of an organization, with changes that are prepared, and made in the matrix alone. */
export function ReviewTab({ place }: { place: AccessPlace }): ReactNode {
  const review = useQuery(reviewQuery(place));
  const total = review.data?.kinds.reduce((sum, kind) => sum + kind.total, 0);
  return (
    <div className={css['tab']}>
      {review.isError && <ErrorNotice error={review.error} retry={() => void review.refetch()} />}
      {review.isPending && <LinesSkeleton lines={8} />}
      {review.data !== undefined && total === 0 && (
        <EmptyState picture={<ListChecks />} title="Nothing to look at">
          {`No grant ends soon or stands beside a group, no bot lacks a key, and no repository has many admins. ${notedWords(review.data)}`}
        </EmptyState>
      )}
      {review.data !== undefined && total !== 0 && <Findings place={place} review={review.data} />}
    </div>
  );
}

const day = 86_400_000;

/** Since when uses are known, and from when on what is unused can be told. */
function notedWords({ notedSince }: Review): string {
  const now = Date.now();
  const since = `Pulls and pushes are noted since ${dateWords(notedSince, now)}`;
  const from = Date.parse(notedSince) + reviewRules.unusedDays * day;
  if (from <= now) return `${since}.`;
  return `${since}: what nobody uses can be told from ${dateWords(new Date(from).toISOString(), now)} on.`;
}

type Selected = ReadonlyMap<ReviewKind, ReadonlySet<string>>;

function Findings({ place, review }: { place: AccessPlace; review: Review }): ReactNode {
  const [now] = useState(Date.now);
  const [selected, setSelected] = useState<Selected>(new Map());
  const { changes: pending } = useHeld(useAccessWork(place).pending);
  const nameOf = useNames(place);
  const isPending = ({ changes }: AccessFinding): boolean =>
    changes.every(({ principal, repository }) => pending.has(cellKey(principal, repository)));
  const chosen = review.kinds.flatMap(({ kind, findings }) =>
    findings.filter((finding) => selected.get(kind)?.has(findingId(finding)) === true),
  );
  return (
    <>
      <p className="kh-dim">
        {`None of this has to be wrong: it is worth a look. Select what shall change; nothing is made before you apply it in the matrix. ${notedWords(review)}`}
      </p>
      {review.kinds
        .filter(({ total }) => total > 0)
        .map(({ kind, total, findings }) => (
          <FindingTable
            key={kind}
            {...{ kind, total, findings, now, nameOf, isPending }}
            selected={selected.get(kind) ?? new Set()}
            onSelect={(ids) => setSelected(new Map(selected).set(kind, ids))}
          />
        ))}
      {chosen.length > 0 && (
        <SelectedBar place={place} chosen={chosen} onClear={() => setSelected(new Map())} />
      )}
    </>
  );
}

/** Of those in the matrix, as far as they are read already: changes of a repository name others than the finding. */
function useNames(place: AccessPlace): (reference: string) => string {
  const { principals = [] } = useQuery(sidesQuery(place)).data ?? {};
  const names = new Map(principals.map(({ reference, name }) => [reference, name]));
  return (reference) => names.get(reference) ?? reference.slice(reference.indexOf(':') + 1);
}

interface SelectedBarProps {
  place: AccessPlace;
  chosen: readonly AccessFinding[];
  onClear: () => void;
}

function SelectedBar({ place, chosen, onClear }: SelectedBarProps): ReactNode {
  const add = useAddChanges(place);
  const changes = changesOf(chosen);
  const all = chosen.reduce((sum, finding) => sum + finding.changes.length, 0);
  const notes = [
    chosen.some((finding) => finding.changes.length === 0) ? 'Some have no prepared change.' : [],
    all > changes.length ? 'Where two are about one grant, the change that leaves less counts.' : [],
  ].flat();
  return (
    <section className={`${access['bar'] ?? ''} ${css['bar'] ?? ''}`} aria-label="Selected findings">
      <p className={access['barWords']} role="status">
        {`${counted(chosen.length, 'finding')} selected: ${counted(changes.length, 'change')}. `}
        <span className="kh-dim">{notes.join(' ')}</span>
      </p>
      <Button kind="quiet" onClick={onClear}>
        Clear
      </Button>
      <Button
        kind="primary"
        busy={add.isPending}
        disabled={changes.length === 0}
        onClick={() => add.mutate(changes)}
      >
        Add to pending changes
      </Button>
    </section>
  );
}
