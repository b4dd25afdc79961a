import type { ReactNode } from 'react';
import type { PastedClaims } from '../../../contracts/ipc/token-sign-in.ts';
import { countdown, exactTime, secondsUntil } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Code } from '../../ui/code.tsx';
import { FactList } from '../../ui/fact-list.tsx';
import { Notice } from '../../ui/notice.tsx';
import css from './token-form.module.css';
import { problemsOf, rulesWords, type Expected } from './token-problems.ts';

interface TokenFactsProps {
  claims: PastedClaims;
  /** Null for a context that is not there yet. */
  expected: Expected | null;
}

/** What a pasted token says of itself. Nobody has checked it: the service does when one signs in. */
export function TokenFacts({ claims, expected }: TokenFactsProps): ReactNode {
  const { subject, audience, issuer, endsAt, permissions } = claims;
  const none = <span className="kh-dim">It does not say</span>;
  return (
    <div className="kh-stack" data-gap="3" role="group" aria-label="What the token says">
      {problemsOf(claims, expected).map(({ tone, title, text }) => (
        <Notice key={title} tone={tone} urgent={false} title={title}>
          <Breakable>{text}</Breakable>
        </Notice>
      ))}
      <div className={css['facts']}>
        <FactList
          facts={[
            { name: 'Whose', value: subject === null ? none : <Code>{subject}</Code> },
            { name: 'For', value: audience.length === 0 ? none : <Code>{audience.join(', ')}</Code> },
            { name: 'Issued by', value: issuer === null ? none : <Code>{issuer}</Code> },
            { name: 'Ends', value: endsAt === null ? 'Never' : <End at={endsAt} /> },
            { name: 'May do', value: rulesWords(permissions) },
          ]}
        />
      </div>
    </div>
  );
}

/** When something ends, with what is left of its last day second by second. */
export function End({ at }: { at: string }): ReactNode {
  const seconds = secondsUntil(at, useNow());
  return (
    <span className="kh-tabular">
      {exactTime(at)}
      {seconds > 0 && seconds < 86_400 && <span className="kh-dim"> · {countdown(seconds)} left</span>}
    </span>
  );
}
