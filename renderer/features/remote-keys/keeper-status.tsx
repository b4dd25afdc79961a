import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { KeeperState } from '../../../contracts/domain/remote-key.ts';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { ErrorCode } from '../../../contracts/errors.ts';
import { doubtfulRule, holdRules } from '../../../contracts/permissions/decision.ts';
import { operationIds } from '../../../contracts/permissions/operations.ts';
import { Badge } from '../../ui/badge.tsx';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { FactList } from '../../ui/fact-list.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Card, Section } from '../../ui/page.tsx';
import { useSignInAgain } from '../contexts/sign-in-again.ts';
import { End } from '../contexts/token-facts.tsx';
import { badRuleWords, doubtfulRuleWords, type KeeperStanding } from './allowance.ts';
import { grantedOperations } from './granted-operations.ts';
import { standingQuery } from './queries.ts';
import css from './remote-keys.module.css';

const states = {
  UNSEALED: { tone: 'good', words: 'Unsealed' },
  SEALED: { tone: 'warning', words: 'Sealed' },
  UNINITIALIZED: { tone: 'neutral', words: 'Not set up' },
} as const satisfies Readonly<Record<KeeperState, object>>;

interface KeeperStatusProps {
  context: ContextSummary;
  /** What is said of its sign-in already, and not again here. */
  told: ErrorCode | null;
}

/** How the context's keeper stands, and what its user may do there. */
export function KeeperStatus({ context, told }: KeeperStatusProps): ReactNode {
  const { data, isPending, isError, error, refetch } = useQuery(standingQuery(context.id));
  return (
    <Section title="Keeper">
      {isError && error.code !== told && <ErrorNotice error={error} retry={() => void refetch()} />}
      <Card>
        {isPending ? (
          <LinesSkeleton lines={4} />
        ) : (
          <Facts context={context} standing={data ?? null} isReached={!isError} />
        )}
      </Card>
    </Section>
  );
}

interface FactsProps {
  context: ContextSummary;
  /** Null while it is not known. */
  standing: KeeperStanding | null;
  /** Whether it stands so now: a keeper that does not answer may be sealed meanwhile. */
  isReached: boolean;
}

function Facts({ context, standing, isReached }: FactsProps): ReactNode {
  const signInAgain = useSignInAgain();
  const { endsAt } = context;
  const state = isReached ? (standing?.state ?? null) : null;
  return (
    <FactList
      facts={[
        {
          name: 'Token ends',
          value: (
            <div className={css['line']}>
              <span>
                {endsAt === null ? 'Not by itself' : <End at={endsAt} />}
                {endsAt !== null && (
                  <span className={css['under']}>You are reminded before, unless Keyhold is locked.</span>
                )}
              </span>
              <Button size="small" onClick={() => signInAgain(context)}>
                Sign in again
              </Button>
            </div>
          ),
        },
        {
          name: 'State',
          value:
            state === null ? (
              <Badge tone="neutral">Not known</Badge>
            ) : (
              <Badge tone={states[state].tone}>{states[state].words}</Badge>
            ),
        },
        ...(standing === null ? [] : [{ name: 'You may do', value: <MayDo standing={standing} /> }]),
      ]}
    />
  );
}

function MayDo({ standing: { permissions, isAll } }: { standing: KeeperStanding }): ReactNode {
  const navigate = useNavigate();
  const granted = grantedOperations(permissions);
  const held = holdRules(permissions);
  const [bad] = held.bad;
  const doubtful = doubtfulRule(held);
  const known =
    doubtful === null
      ? `${String(granted.length)} of ${String(operationIds.length)} operations`
      : 'Not known: the keeper decides';
  return (
    <div className={css['line']}>
      <span>
        {isAll ? known : 'More rules than Keyhold reads: the keeper decides'}
        {isAll && granted.length > 0 && (
          <span className={css['under']}>
            {granted.map((operation, index) => (
              <span key={operation}>
                {index > 0 && ', '}
                <code>{operation}</code>
              </span>
            ))}
          </span>
        )}
        {isAll && bad !== undefined && (
          <span className={css['under']}>
            <Breakable>{(doubtful === null ? badRuleWords : doubtfulRuleWords)(bad.text)}</Breakable>
          </span>
        )}
      </span>
      <Button size="small" onClick={() => void navigate('/rules?tab=simulator')}>
        Show rules
      </Button>
    </div>
  );
}
