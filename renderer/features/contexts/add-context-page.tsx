import { useState, type ReactNode } from 'react';
import { useLocation, useNavigate } from 'react-router';
import type { DiscoveredService } from '../../../contracts/ipc/contexts.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { errorText } from '../../lib/error-text.ts';
import { AddSteps } from './add-steps.tsx';
import { ContextForm } from './context-form.tsx';
import { FindService } from './find-service.tsx';
import { ServiceCard } from './service-card.tsx';

/** What another page may know already of the context to add. */
interface AddContextStart {
  address: string;
  userId: string;
}

function isStart(state: unknown): state is AddContextStart {
  return typeof state === 'object' && state !== null && 'address' in state && 'userId' in state;
}

/** Adds a context: find the service, say who you are there; the registration of its key follows. */
export function AddContextPage(): ReactNode {
  const navigate = useNavigate();
  const state: unknown = useLocation().state;
  const start = isStart(state) ? state : { address: '', userId: '' };
  const [address, setAddress] = useState(start.address);
  const [service, setService] = useState<DiscoveredService | null>(null);
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
      <AddSteps current={service === null ? 'service' : 'account'} />
      {service === null ? (
        <FindService
          initialAddress={address}
          onFound={(found, asked) => {
            setAddress(asked);
            setService(found);
          }}
        />
      ) : (
        <div className="kh-stack">
          <ServiceCard service={service} onChange={() => setService(null)} />
          {service.methods.includes('key') ? (
            <ContextForm
              service={service}
              address={address}
              initialUserId={start.userId}
              onAdded={() => void navigate('/status/register')}
            />
          ) : (
            <Notice tone="error" title={errorText('sign_in_not_offered').title}>
              {errorText('sign_in_not_offered').advice}
            </Notice>
          )}
        </div>
      )}
    </Page>
  );
}
