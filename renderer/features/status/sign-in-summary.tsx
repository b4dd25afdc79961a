import { CircleCheck, CircleHelp, CircleX } from 'lucide-react';
import type { ReactNode } from 'react';
import { standingOf, type Standing } from '../../../contracts/domain/context-standing.ts';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { clockTime } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { RelativeTime } from '../../ui/time.tsx';
import css from './status-page.module.css';

type Known = 'yes' | 'no' | 'unknown';

const icons = { yes: CircleCheck, no: CircleX, unknown: CircleHelp } as const;

const no: ReadonlySet<Standing> = new Set(['not_accepted', 'refused', 'expired', 'waiting']);

function knownBy(standing: Standing): Known {
  if (standing === 'signed_in') return 'yes';
  return no.has(standing) ? 'no' : 'unknown';
}

function title(standing: Standing, who: string): string {
  if (standing === 'waiting') return `${who} waits for approval`;
  switch (knownBy(standing)) {
    case 'yes':
      return `Signed in as ${who}`;
    case 'no':
      return 'Not signed in';
    case 'unknown':
      return standing === 'stale'
        ? `Signed in as ${who} when last checked`
        : 'Not known whether you are signed in';
  }
}

interface SignInSummaryProps {
  context: ContextSummary;
  /** The service's name for the user, as far as it told. */
  identity: string | null;
  /** The last look failed: what was known before it counts no more. */
  failed: boolean;
}

/** How the sign-in stands in one line, and how old that is. */
export function SignInSummary({ context, identity, failed }: SignInSummaryProps): ReactNode {
  const now = useNow(15_000);
  const standing = failed ? 'unknown' : standingOf(context, now);
  const known = knownBy(standing);
  const Icon = icons[known];
  return (
    <div className={css['summary']} data-signed-in={known}>
      <span className={css['summaryIcon']}>
        <Icon />
      </span>
      <div className={css['summaryWords']}>
        <h2 className={css['summaryTitle']}>{title(standing, identity ?? context.userId)}</h2>
        <Age context={context} standing={standing} />
      </div>
    </div>
  );
}

function Age({ context, standing }: { context: ContextSummary; standing: Standing }): ReactNode {
  const now = useNow(15_000);
  const { since, checkedAt, seenAt } = context.signIn;
  const isOver = standing !== 'signed_in' && standing !== 'stale' && seenAt !== null;
  const unreached = standing === 'unreachable' && since !== null;
  if (standing === 'unknown' || standing === 'expired') {
    return <p className="kh-dim">{isOver ? <LastSeen at={seenAt} /> : 'Not checked yet'}</p>;
  }
  return (
    <p className="kh-dim">
      {unreached && <>Not reached since {clockTime(since, now)}. </>}
      {checkedAt !== null && (
        <>
          Checked <RelativeTime at={checkedAt} />
        </>
      )}
      {isOver && (
        <>
          . <LastSeen at={seenAt} />
        </>
      )}
    </p>
  );
}

function LastSeen({ at }: { at: string }): ReactNode {
  return (
    <>
      Last seen signed in <RelativeTime at={at} />
    </>
  );
}
