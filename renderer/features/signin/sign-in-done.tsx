import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { PerClient } from '../../../contracts/domain/registry-client.ts';
import type { SetUpOutcome } from '../../../contracts/ipc/signin.ts';
import { Button } from '../../ui/button.tsx';
import { Page } from '../../ui/page.tsx';
import { DoneItem, SignedInList } from '../registries/set-up-done.tsx';

/** Of one that goes on by a refresh token. */
export const sessionLasts = 'The session renews itself while you use it.';

/** Of one by a dev token, which has no end. */
const devTokenLasts =
  'It is in the vault, and good for as long as the server’s dev config file has it. Signing out deletes it here.';

/** Of one by a token that the service, or its provider, gave. */
export const tokenLasts =
  'The token for it is in the vault. Keyhold reminds you before it ends; then sign in again.';

interface SignInDoneProps {
  context: ContextSummary;
  /** Who the service says that the person is. */
  as: string;
  /** Whether the service took what it gave. */
  confirmed: boolean;
  setUps: PerClient<SetUpOutcome>;
  /** How long it lasts, in a sentence. */
  lasting: string;
  /** @param to - The page that follows. */
  onLeave: (to: '/status' | '/remote-keys') => void;
}

/** What came of a sign-in. */
export function SignInDone({ context, as, confirmed, setUps, lasting, onLeave }: SignInDoneProps): ReactNode {
  // No program signs in to a registry by such a token.
  const byToken = context.capabilities.includes('remote-keys');
  // Whatever else is pasted ends.
  const byDevToken = byToken && context.endsAt === null;
  // Pages are of the current context.
  const leadsToKeys = byToken && context.current;
  return (
    <Page
      title="Signed in"
      lead={`${context.serviceName} · ${context.host}`}
      width="text"
      actions={
        <>
          <Button kind={leadsToKeys ? 'default' : 'primary'} onClick={() => onLeave('/status')}>
            Show status
          </Button>
          {leadsToKeys && (
            <Button kind="primary" onClick={() => onLeave('/remote-keys')}>
              Show remote keys
            </Button>
          )}
        </>
      }
    >
      <SignedInList context={byToken ? { ...context, hasRegistry: false } : context} setUps={setUps}>
        {confirmed ? (
          <DoneItem
            tone="good"
            title={byDevToken ? 'You are signed in with the dev token' : `You are signed in as ${as}`}
          >
            {byDevToken ? devTokenLasts : lasting}
          </DoneItem>
        ) : (
          <DoneItem tone="warning" title={`${context.serviceName} did not confirm the sign-in yet`}>
            It gave one for {as}, which is in the vault. The Status page says how it stands.
          </DoneItem>
        )}
      </SignedInList>
    </Page>
  );
}
