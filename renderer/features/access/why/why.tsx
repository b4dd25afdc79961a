import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { CircleCheck, CircleMinus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { AccessReasonSummary, ExplanationSummary } from '../../../../contracts/ipc/access.ts';
import { dateWords } from '../../../lib/format.ts';
import { LinesSkeleton } from '../../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../../ui/notice.tsx';
import { whyCredentialQuery, whyQuery } from '../model/list-queries.ts';
import { eachWords } from '../model/list-words.ts';
import css from './why.module.css';

interface WhyProps {
  contextId: string;
  /** `user:ID`, `group:ID` or `bot:org/name`. */
  principal: string;
  repository: string;
}

/** Why somebody may do what they may on a repository, and what they may not: one line for each fact that decides. */
export function Why({ contextId, principal, repository }: WhyProps): ReactNode {
  return <Explained explained={useQuery(whyQuery(contextId, principal, repository))} />;
}

interface WhyCredentialProps {
  contextId: string;
  /** `api-key:…` or `api-token:…`. */
  credential: string;
  repository: string;
}

/** The same of a key or token: also what it is not good for. */
export function WhyCredential({ contextId, credential, repository }: WhyCredentialProps): ReactNode {
  return <Explained explained={useQuery(whyCredentialQuery(contextId, credential, repository))} />;
}

function Explained({ explained }: { explained: UseQueryResult<ExplanationSummary> }): ReactNode {
  const [now] = useState(Date.now);
  return (
    <>
      {explained.isError && <ErrorNotice error={explained.error} retry={() => void explained.refetch()} />}
      {explained.isPending && <LinesSkeleton lines={4} />}
      {explained.data && <WhyList explanation={explained.data} now={now} />}
    </>
  );
}

/** The facts that decide, in the order in which they do. `now` in ms. */
export function WhyList({ explanation, now }: { explanation: ExplanationSummary; now: number }): ReactNode {
  return (
    <ul className={css['list']} aria-label="Why">
      {decisionsOf(explanation).map(({ may, allowed, by, until }) => (
        <li key={may} className={css['decision']} data-allowed={allowed || undefined}>
          {allowed ? <CircleCheck size={16} aria-hidden /> : <CircleMinus size={16} aria-hidden />}
          <div>
            {by.length === 0 && <p>{`${may}: not allowed, as nothing gives it`}</p>}
            {by.map((reason, index) => (
              <p key={index}>
                {allowed ? `${may}, ` : `${may}: not allowed, `}
                <Reason reason={reason} now={now} />
              </p>
            ))}
            {until !== null && (
              <p className="kh-dim">{`This changes by itself on ${dateWords(until, now)}`}</p>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

type Decision = Omit<ExplanationSummary['because'][number], 'action'> & { may: string };

/** What the same facts decide about is one. */
function decisionsOf({ because }: ExplanationSummary): Decision[] {
  const alike = Map.groupBy(because, ({ allowed, by, until }) => JSON.stringify([allowed, by, until]));
  return [...alike.values()].flatMap((decided) => {
    const [first] = decided;
    if (first === undefined) return [];
    const { allowed, by, until } = first;
    const actions = decided.map(({ action }) => action);
    // Where all of it is by the same facts, one word says it.
    const may = decided.length === because.length ? 'Everything' : eachWords(actions);
    return [{ ...{ allowed, by, until }, may }];
  });
}

function Reason({ reason, now }: { reason: AccessReasonSummary; now: number }): ReactNode {
  switch (reason.kind) {
    case 'inactive':
      return 'because the account is closed, or waits to be opened';
    case 'administrator':
      return 'as an administrator of the service';
    case 'role':
      return `as ${reason.role} of ${reason.org}`;
    case 'public':
      return 'because everybody may pull from it';
    case 'viewer':
      return 'because viewers of the service do no more than pull';
    case 'limit':
      return 'because the credential is not good for it';
    case 'other':
      return 'for a reason that this version of Keyhold does not know';
    case 'grant':
    case 'deny':
      return <Given given={reason} now={now} />;
  }
}

/** Names stand for themselves: one from right to left turns nothing around. */
function Given({
  given: { kind, group, givenBy, givenAt, until },
  now,
}: {
  given: Extract<AccessReasonSummary, { kind: 'grant' | 'deny' }>;
  now: number;
}): ReactNode {
  return (
    <>
      {group === null ? 'directly' : 'through the group '}
      {group !== null && <bdi>{group}</bdi>}
      {kind === 'grant' ? ': granted' : ': denied'}
      {givenBy !== null && ' by '}
      {givenBy !== null && <bdi>{givenBy}</bdi>}
      {` on ${dateWords(givenAt, now)}`}
      {until !== null && `, until ${dateWords(until, now)}`}
    </>
  );
}
