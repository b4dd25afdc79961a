import { useQuery } from '@tanstack/react-query';
import { ExternalLink } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Navigate, useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { useAction } from '../../ui/use-action.ts';
import { RemoveContextDialog } from '../sign-out/remove-context-dialog.tsx';
import { CorrectUserDialog } from './correct-user-dialog.tsx';
import { cardQuery, waitQuery } from './queries.ts';
import { RegistrationCardView } from './registration-card.tsx';
import { RegistrationDone } from './registration-done.tsx';
import css from './registration-page.module.css';
import { RegistrationStep } from './registration-step.tsx';
import { WaitLine } from './wait-line.tsx';

/** Brings a new key to the service: copy the token, paste it on the dashboard, and Keyhold notices by itself. */
export function RegistrationPage({ context }: { context: ContextSummary }): ReactNode {
  const wait = useQuery(waitQuery(context.id));
  if (wait.data?.phase === 'registered') return <RegistrationDone context={context} wait={wait.data} />;
  // Registered in an earlier session: nothing is waited for.
  if (wait.error?.code === 'not_pending') return <Navigate to="/status" replace />;
  return <RegistrationSteps context={context} />;
}

function RegistrationSteps({ context }: { context: ContextSummary }): ReactNode {
  const card = useQuery(cardQuery(context.id));
  const wait = useQuery(waitQuery(context.id));
  // Above, where the wait says that the key is another user's.
  const offersCorrecting = wait.data?.phase === 'wrong_user';
  const [removing, setRemoving] = useState(false);
  const [correcting, setCorrecting] = useState(false);
  const navigate = useNavigate();
  const openDashboard = useAction(() => keyhold().contexts.openDashboard({ contextId: context.id }));
  const correct = (): void => setCorrecting(true);
  return (
    <Page title="Register key" lead={`${context.serviceName} · ${context.host}`} width="text">
      <Card>
        <ol className={css['steps']}>
          <RegistrationStep number={1} title="Copy the registration token">
            {card.isError && <ErrorNotice error={card.error} retry={() => void card.refetch()} />}
            {card.isPending && <LinesSkeleton lines={3} />}
            {card.data !== undefined && <RegistrationCardView card={card.data} />}
          </RegistrationStep>
          <RegistrationStep
            number={2}
            title={context.hasDashboard ? 'Paste it on the dashboard' : 'Hand it to whoever runs the service'}
          >
            <p className="kh-dim">
              {context.hasDashboard
                ? `Sign in there and paste the token on the keys page, which must show the user id ${context.userId}.`
                : `${context.serviceName} has no dashboard. Its operator registers the key for ${context.userId}.`}
            </p>
            {context.hasDashboard && (
              <div>
                <Button icon={<ExternalLink />} call={openDashboard}>
                  Open dashboard
                </Button>
              </div>
            )}
          </RegistrationStep>
          <RegistrationStep number={3} title="Keyhold notices by itself">
            <WaitLine context={context} onCorrect={correct} />
          </RegistrationStep>
        </ol>
      </Card>
      {context.state === 'pending' ? (
        <div className={css['leave']}>
          <p>{offersCorrecting ? 'Wrong service?' : 'Wrong user id or service?'}</p>
          {!offersCorrecting && (
            <Button size="small" onClick={correct}>
              Correct user id…
            </Button>
          )}
          <Button size="small" kind="quiet" onClick={() => setRemoving(true)}>
            Remove context…
          </Button>
        </div>
      ) : (
        <div className={css['leave']}>
          <p>Until then the key you had goes on signing, if it is still valid.</p>
          <Button size="small" kind="quiet" onClick={() => void navigate('/keys')}>
            Back to Keys
          </Button>
        </div>
      )}
      <CorrectUserDialog context={context} opened={correcting} onClose={() => setCorrecting(false)} />
      <RemoveContextDialog context={context} opened={removing} onClose={() => setRemoving(false)} />
    </Page>
  );
}
