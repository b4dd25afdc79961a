import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { WaitingAccessRequest } from '../../../../contracts/ipc/access-requests.ts';
import type { AccessPlace } from '../../../../contracts/ipc/access.ts';
import { SecondLine } from '../../../ui/credential-cells.tsx';
import { DataTable, type Column, type Filter } from '../../../ui/data-table.tsx';
import { Section } from '../../../ui/page.tsx';
import { RelativeTime } from '../../../ui/time.tsx';
import { termsWords } from '../model/change-words.ts';
import { waitingQuery } from '../model/request-queries.ts';
import { RequestSheet } from './request-sheet.tsx';
import { termsOf } from './request-words.ts';
import css from './requests.module.css';

const columns = (now: number): Column<WaitingAccessRequest>[] => [
  {
    head: 'Who',
    className: css['wide'],
    cell: ({ by, repository }, name) => (
      <>
        {name}
        <SecondLine>{by.email}</SecondLine>
        <span className="kh-hidden">{` on ${repository}`}</span>
      </>
    ),
  },
  {
    head: 'Asks for',
    className: css['wide'],
    cell: (request) => (
      <>
        {termsWords(termsOf(request), now)}
        <SecondLine>{`on ${request.repository}`}</SecondLine>
      </>
    ),
  },
  {
    head: 'Because',
    className: css['reason'],
    leavesBelow: 54,
    cell: ({ reason }) => <bdi>{reason}</bdi>,
  },
  { head: 'Asked', cell: ({ askedAt }) => <RelativeTime at={askedAt} /> },
];

const filter: Filter<WaitingAccessRequest> = {
  label: 'Filter by name, email, repository or reason',
  noun: 'requests',
  noMatch: 'No request matches the filter.',
  from: 8,
  wordsOf: ({ by, repository, reason }) => [by.name, by.email, repository, reason],
};

interface WaitingRequestsProps {
  contextId: string;
  /** Those in which something waits. */
  organizations: readonly { slug: string; name: string }[];
}

/** What waits for the user, by organization, oldest first. After a decision the next one is focused. */
export function WaitingRequests({ contextId, organizations }: WaitingRequestsProps): ReactNode {
  const [opened, setOpened] = useState<{ place: AccessPlace; request: WaitingAccessRequest } | null>(null);
  const [now] = useState(Date.now);
  const { lists, keepPlace } = useNextFocus(opened === null);
  return (
    <div ref={lists} className="kh-stack" data-gap="5">
      {organizations.map(({ slug, name }) => (
        <Organization
          key={slug}
          place={{ contextId, organization: slug }}
          title={organizations.length === 1 ? 'Waiting for you' : `Waiting for you in ${name}`}
          now={now}
          onOpen={(request) => {
            keepPlace();
            setOpened({ place: { contextId, organization: slug }, request });
          }}
        />
      ))}
      {opened !== null && (
        <RequestSheet key={opened.request.id} {...opened} onClose={() => setOpened(null)} />
      )}
    </div>
  );
}

interface OrganizationProps {
  place: AccessPlace;
  title: string;
  now: number;
  onOpen: (request: WaitingAccessRequest) => void;
}

function Organization({ place, title, now, onOpen }: OrganizationProps): ReactNode {
  const list = useQuery(waitingQuery(place));
  const { requests, isWhole = true } = list.data ?? {};
  return (
    <Section title={title}>
      <DataTable
        label={title}
        columns={columns(now)}
        list={{ ...list, data: requests }}
        filter={filter}
        idOf={({ id }) => id}
        nameOf={({ by }) => by.name}
        onOpen={onOpen}
        empty={<p className="kh-dim">Nothing waits here any more.</p>}
      />
      {!isWhole && <p className="kh-dim">There are more: the oldest of them are listed.</p>}
    </Section>
  );
}

/**
 * Has the request that takes the place of a decided one focused when the sheet is closed: the keyboard goes on from there.
 */
function useNextFocus(isClosed: boolean) {
  const lists = useRef<HTMLDivElement>(null);
  /** Of the request that is opened, among all. */
  const place = useRef<{ index: number; count: number } | null>(null);
  const names = (): HTMLElement[] => [...(lists.current?.querySelectorAll<HTMLElement>('[data-name]') ?? [])];
  useEffect(() => {
    const kept = place.current;
    if (!isClosed || kept === null) return;
    place.current = null;
    const left = names();
    // None was decided: the one that was opened gets the focus back.
    if (left.length === kept.count) return;
    (left[kept.index] ?? left.at(-1))?.focus();
  }, [isClosed]);
  return {
    lists,
    keepPlace: (): void => {
      const all = names();
      const row = document.activeElement?.closest('tr');
      const index = all.findIndex((name) => name === document.activeElement || row?.contains(name) === true);
      place.current = { index: Math.max(0, index), count: all.length };
    },
  };
}
