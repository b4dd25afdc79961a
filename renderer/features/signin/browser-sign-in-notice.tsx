import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { keyhold } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { AbovePage } from '../../ui/page.tsx';
import { useAction } from '../../ui/use-action.ts';
import { browserSignInQuery } from '../contexts/queries.ts';

export const browserSignInPath = '/sign-in/browser';

const titles = {
  waiting: (host: string) => `A sign-in to ${host} waits for your answer in the browser`,
  exchanging: (host: string) => `Signing in to ${host}…`,
  done: (host: string) => `You are signed in to ${host}`,
  failed: (host: string) => `The sign-in to ${host} did not work`,
};

/** On every other page: that a sign-in by browser is under way, or over. @param shown - It is shown elsewhere already. */
export function BrowserSignInNotice({ shown }: { shown: boolean }): ReactNode {
  const state = useQuery(browserSignInQuery).data ?? null;
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const end = useAction(() => keyhold().browserSignIn.end());
  if (state === null || shown || pathname === browserSignInPath) return null;
  const isOver = state.phase === 'done' || state.phase === 'failed';
  return (
    <AbovePage>
      <Notice
        tone={state.phase === 'failed' ? 'warning' : state.phase === 'done' ? 'good' : 'info'}
        urgent={false}
        title={titles[state.phase](state.host)}
        actions={
          <>
            <Button size="small" onClick={() => void navigate(browserSignInPath)}>
              Show
            </Button>
            <Button size="small" kind="quiet" call={end}>
              {isOver ? 'Dismiss' : 'Cancel sign-in'}
            </Button>
          </>
        }
      />
    </AbovePage>
  );
}
