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
import { PasswordForm } from './password-form.tsx';
import { ServiceCard } from './service-card.tsx';

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
type Way = 'key' | 'browser' | 'password';

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
];

/** Adds a context: find the service, then say who you are there by a key to be registered, by browser or with a password. */
export function AddContextPage(): ReactNode {
  const navigate = useNavigate();
  const state: unknown = useLocation().state;
  const start: AddContextStart = isStart(state) ? state : { address: '', userId: '' };
  const [address, setAddress] = useState(start.address);
  const [service, setService] = useState<DiscoveredService | null>(null);
  // Once: who changes the address afterwards looks for the service themselves.
  const [atOnce, setAtOnce] = useState(start.way !== undefined);
  const [way, setWay] = useState<Way>(start.way ?? 'key');
  const offered = ways.filter(({ value }) => service?.methods.includes(value));
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
              onSignedIn={(answer) => navigate('/sign-in/password', { state: answer })}
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
            <Notice tone="error" title={errorText('sign_in_not_offered').title}>
              {errorText('sign_in_not_offered').advice}
            </Notice>
          )}
        </div>
      )}
    </Page>
  );
}
