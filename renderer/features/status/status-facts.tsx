import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { CredentialKind } from '../../../contracts/domain/credential.ts';
import type { LockForecast } from '../../../contracts/domain/lock.ts';
import type { ContextStatus } from '../../../contracts/ipc/contexts.ts';
import { clockTime, durationWords } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { Code } from '../../ui/code.tsx';
import { FactList, type Fact } from '../../ui/fact-list.tsx';
import { Fingerprint } from '../../ui/fingerprint.tsx';
import { LastUse } from '../../ui/last-use.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { AnsweringAccount, useAnsweringAccount } from '../registries/answering-account.tsx';
import { lockForecastQuery } from '../vault/queries.ts';
import css from './status-page.module.css';

function optional(name: string, value: string | number | null): Fact[] {
  return value === null ? [] : [{ name, value }];
}

/** An API key, a session or a token that signs in, and when it ends. */
function otherCredential({ credential, endsAt }: ContextSummary, apiKey: string | null, now: number): Fact[] {
  if (credential === null || credential === 'key') return [];
  return [
    {
      name: credential === 'api-key' ? 'API key' : 'Signed in by',
      value: apiKey ?? signedInBy(credential, endsAt),
    },
    // A token's end has more to be said of it, below.
    ...(endsAt === null || credential === 'pasted'
      ? []
      : [{ name: Date.parse(endsAt) <= now ? 'Ended' : 'Ends', value: <RelativeTime at={endsAt} /> }]),
  ];
}

/** A token without an end is that of a server under development. */
function signedInBy(credential: CredentialKind, endsAt: string | null): string {
  if (credential !== 'pasted') return 'Session';
  return endsAt === null ? 'Dev token' : 'Token';
}

/** The status in full. */
export function StatusFacts({
  context,
  status,
}: {
  context: ContextSummary;
  status: ContextStatus;
}): ReactNode {
  const { key } = status;
  const now = useNow(15_000);
  const lock = useQuery(lockForecastQuery).data;
  const account = useAnsweringAccount(context.id);
  const keyFact = key && {
    name: 'Key',
    value: (
      <span className={css['keyLine']}>
        <Fingerprint fingerprint={key.fingerprint} />
        <span className="kh-dim">{key.label}</span>
      </span>
    ),
  };
  return (
    <FactList
      facts={[
        {
          name: 'User id',
          value: <Code>{context.userId}</Code>,
        },
        ...optional('Organization', status.org),
        ...optional('Role', status.role),
        ...(keyFact ? [keyFact] : []),
        ...otherCredential(context, status.apiKey, now),
        ...(status.programUse ? [{ name: 'Programs', value: <LastUse use={status.programUse} /> }] : []),
        { name: 'Service', value: context.serviceName },
        {
          name: 'Address',
          value: <Code>{context.origin}</Code>,
        },
        {
          name: 'Registry',
          value: context.hasRegistry ? <Code>{context.host}</Code> : 'None',
        },
        ...(account === null
          ? []
          : [{ name: 'Programs sign in', value: <AnsweringAccount account={account} /> }]),
        ...optional('Longest token life', context.maxTokenTtl && durationWords(context.maxTokenTtl)),
        ...(lock === undefined ? [] : [{ name: 'Keyhold locks', value: lockWords(lock) }]),
        { name: 'Added', value: <RelativeTime at={context.createdAt} /> },
      ]}
    />
  );
}

function lockWords(lock: LockForecast | null): string {
  if (lock === null) return 'Not by itself';
  const now = Date.now();
  const at = `At ${clockTime(lock.at, now)} if nobody uses the computer`;
  return lock.latest === null ? at : `${at}; programs can put it off until ${clockTime(lock.latest, now)}`;
}
