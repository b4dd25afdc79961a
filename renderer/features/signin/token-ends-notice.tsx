import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { countdown, secondsUntil } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { AbovePage } from '../../ui/page.tsx';
import { useSignInAgain } from '../contexts/sign-in-again.ts';

export interface TokenEndsNoticeProps {
  context: ContextSummary;
  endsAt: string;
}

/** From so many seconds before its end on. */
const noticeSeconds = 10 * 60;

/** On every page: that the token which signs the context in ends soon, one click from signing in again. */
export function TokenEndsNotice({ context, endsAt }: TokenEndsNoticeProps): ReactNode {
  const signInAgain = useSignInAgain();
  const seconds = secondsUntil(endsAt, useNow());
  // Once it is over, the page says so.
  if (seconds === 0 || seconds > noticeSeconds) return null;
  return (
    <AbovePage>
      <Notice
        tone="warning"
        urgent={false}
        title={`The token of ${context.name} ends in ${seconds > 60 ? `${String(Math.ceil(seconds / 60))} min` : 'a minute'}`}
        actions={
          <div className="kh-row">
            <Button size="small" kind="primary" onClick={() => signInAgain(context)}>
              Sign in again
            </Button>
            <span className="kh-tabular kh-dim" aria-hidden="true">
              {countdown(seconds)} left
            </span>
          </div>
        }
      />
    </AbovePage>
  );
}
