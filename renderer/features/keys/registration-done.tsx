import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { WaitState } from '../../../contracts/ipc/signin.ts';
import { Button } from '../../ui/button.tsx';
import { Page } from '../../ui/page.tsx';
import { DoneItem, SignedInList } from '../registries/set-up-done.tsx';

/** What came of the registration, with a way back for each thing that was set up. */
export function RegistrationDone({ context, wait }: { context: ContextSummary; wait: WaitState }): ReactNode {
  const navigate = useNavigate();
  return (
    <Page
      title="Key registered"
      lead={`${context.serviceName} · ${context.host}`}
      width="text"
      actions={
        <Button kind="primary" onClick={() => void navigate('/status')}>
          Show status
        </Button>
      }
    >
      <SignedInList context={context} setUps={wait.setUps}>
        <DoneItem tone="good" title="You are signed in with your key">
          {context.serviceName} knows the key as yours, {context.userId}.
        </DoneItem>
      </SignedInList>
    </Page>
  );
}
