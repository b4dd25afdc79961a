import type { ReactNode } from 'react';
import type { DecodedToken, Inspection, TokenMember } from '../../../contracts/domain/inspection.ts';
import { exactTime } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { Code } from '../../ui/code.tsx';
import { FactList } from '../../ui/fact-list.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Card, Section } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { checksOf } from './inspection-checks.ts';
import { malformedWords, memberName, verdictOf } from './inspection-words.ts';
import css from './tokens.module.css';

/** What a token is: the verdict in a sentence, the checks behind it, and all that the token says. */
export function InspectionView({ inspection }: { inspection: Inspection }): ReactNode {
  if (inspection.kind === 'malformed') {
    return (
      <Notice tone="error" title="That is not a token">
        {malformedWords(inspection)}
      </Notice>
    );
  }
  return <Decoded token={inspection} />;
}

function Decoded({ token }: { token: DecodedToken }): ReactNode {
  const { tone, title, text } = verdictOf(token, useNow(15_000));
  return (
    <>
      <Notice tone={tone} title={title}>
        {text}
      </Notice>
      <Section title="Checks">
        <Card>
          <FactList
            facts={checksOf(token).map(({ name, tone: checkTone, state, words }) => ({
              name,
              value: (
                <div className={css['check']}>
                  <Badge tone={checkTone}>{state}</Badge>
                  <span>{words}</span>
                </div>
              ),
            }))}
          />
        </Card>
      </Section>
      <Members title="Claims" members={token.claims} />
      <Members title="Header" members={token.header} />
    </>
  );
}

function Members({ title, members }: { title: string; members: readonly TokenMember[] }): ReactNode {
  return (
    <Section title={title}>
      <Card>
        {members.length === 0 ? (
          <p className="kh-dim">There are none.</p>
        ) : (
          <FactList
            facts={members.map((member) => ({
              name: memberName(member.name),
              value: <Value member={member} />,
            }))}
          />
        )}
      </Card>
    </Section>
  );
}

function Value({ member }: { member: TokenMember }): ReactNode {
  if (member.kind !== 'time') return <Code>{member.value}</Code>;
  return (
    <>
      {exactTime(member.value)}{' '}
      <span className="kh-dim">
        (<RelativeTime at={member.value} />)
      </span>
    </>
  );
}
