import { useState, type ReactNode } from 'react';
import { useLocation, useNavigate } from 'react-router';
import type { BrowserAccess } from '../../../contracts/domain/browser-access.ts';
import type { DiscoveredService } from '../../../contracts/ipc/contexts.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { errorText } from '../../lib/error-text.ts';
import { Choice, type Option } from '../../ui/choice.tsx';
import { AddSteps } from './add-steps.tsx';
import { BrowserForm } from './browser-form.tsx';
import { ContextForm } from './context-form.tsx';
import { FindService } from './find-service.tsx';
import { isOnThisComputer } from './keeper-ways.ts';
import { OidcForm } from './oidc-form.tsx';
import { PasswordForm } from './password-form.tsx';
import { ServiceCard } from './service-card.tsx';
import { TokenForm } from './token-form.tsx';

/** Shows what came of a sign-in that ended here. */
const signedInPath = '/sign-in/done';

/** What another page may know already of the context to add. */
interface AddContextStart {
  address: string;
  userId: string;
  /** How it is to be signed in: the service is known, and asked at once. */
  way?: Way;
  /** How long one stays signed in by browser, to begin with. */
  access?: BrowserAccess;
}

function isStart(state: unknown): state is AddContextStart {
  return typeof state === 'object' && state !== null && 'address' in state && 'userId' in state;
}

/** How a context is to be signed in. */
type Way = 'key' | 'browser' | 'password' | 'oidc' | 'token' | 'dev-token';

/** The ways that there are, the usual first. */
function waysOf({ methods, provider, host }: DiscoveredService): Option<Way>[] {
  const ways: readonly Option<Way>[] = [
    {
      value: 'key',
      label: 'With a key of your own',
      hint: 'Made on this computer and never sent. You register it once, on the service’s dashboard.',
    },
    {
      value: 'browser',
      label: 'In your browser',
      hint: 'You sign in there as you always do, and let Keyhold act as you.',
    },
    {
      value: 'password',
      label: 'With a password',
      hint: 'Yours there, typed here with your user name. It is sent once and not kept.',
    },
    {
      value: 'oidc',
      label: `At ${provider?.host ?? 'its provider'}`,
      hint: 'Your browser opens there. What it gives Keyhold is a token that ends by itself.',
    },
    {
      value: 'token',
      label: 'With a token',
      hint: 'A JWT that somebody gave you for this service. Paste it here.',
    },
    {
      value: 'dev-token',
      label: 'With a dev token',
      hint: 'For a server that you try out on this computer.',
    },
  ];
  return ways.filter(
    ({ value }) => methods.includes(value) && (value !== 'dev-token' || isOnThisComputer(host)),
  );
}

/** Adds a context: find the service, then say who you are there by a key to be registered, by browser, with a password or a token. */
export function AddContextPage(): ReactNode {
  const navigate = useNavigate();
  const state: unknown = useLocation().state;
  const start: AddContextStart = isStart(state) ? state : { address: '', userId: '' };
  const [address, setAddress] = useState(start.address);
  const [service, setService] = useState<DiscoveredService | null>(null);
  // Once: who changes the address afterwards looks for the service themselves.
  const [atOnce, setAtOnce] = useState(start.way !== undefined);
  const [way, setWay] = useState<Way>(start.way ?? 'key');
  const offered = service === null ? [] : waysOf(service);
  const chosen = (offered.find(({ value }) => value === way) ?? offered[0])?.value;
  return (
    <Page
      title="Add context"
      width="text"
      actions={
        <Button onClick={() => void navigate('/status')} aria-label="Cancel adding a context">
          Cancel
        </Button>
      }
    >
      <AddSteps current={service === null ? 'service' : 'account'} way={chosen ?? 'key'} />
      {service === null ? (
        <FindService
          initialAddress={address}
          atOnce={atOnce}
          onFound={(found, asked) => {
            setAtOnce(false);
            setAddress(asked);
            setService(found);
          }}
        />
      ) : (
        <div className="kh-stack">
          <ServiceCard service={service} onChange={() => setService(null)} />
          {offered.length > 1 && chosen !== undefined && (
            <Card>
              <Choice label="How to sign in" options={offered} value={chosen} onChange={setWay} />
            </Card>
          )}
          {chosen === 'browser' && (
            <BrowserForm
              service={service}
              address={address}
              initialAccess={start.access ?? 'api-key'}
              onBegun={() => void navigate('/sign-in/browser')}
            />
          )}
          {chosen === 'password' && (
            <PasswordForm
              service={service}
              address={address}
              onSignedIn={(answer) => navigate(signedInPath, { state: answer })}
            />
          )}
          {chosen === 'oidc' && service.provider !== null && (
            <OidcForm
              service={service}
              provider={service.provider}
              address={address}
              onBegun={() => void navigate('/sign-in/browser')}
              onLookAgain={() => {
                setAtOnce(true);
                setService(null);
              }}
            />
          )}
          {(chosen === 'token' || chosen === 'dev-token') && (
            <TokenForm
              key={chosen}
              service={service}
              address={address}
              form={chosen === 'token' ? 'jwt' : 'dev-token'}
              onSignedIn={(answer) => navigate(signedInPath, { state: { ...answer, confirmed: true } })}
            />
          )}
          {chosen === 'key' && (
            <ContextForm
              service={service}
              address={address}
              initialUserId={start.userId}
              onAdded={() => void navigate('/status/register')}
            />
          )}
          {chosen === undefined && (
            <NoWay
              code={service.methods.includes('dev-token') ? 'dev_token_elsewhere' : 'sign_in_not_offered'}
            />
          )}
        </div>
      )}
    </Page>
  );
}

function NoWay({ code }: { code: 'sign_in_not_offered' | 'dev_token_elsewhere' }): ReactNode {
  const { title, advice } = errorText(code);
  return (
    <Notice tone="error" title={title}>
      {advice}
    </Notice>
  );
}
