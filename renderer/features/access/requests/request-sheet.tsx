import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { WaitingAccessRequest } from '../../../../contracts/ipc/access-requests.ts';
import type { AccessPlace } from '../../../../contracts/ipc/access.ts';
import { dateWords } from '../../../lib/format.ts';
import { Button } from '../../../ui/button.tsx';
import { Sheet } from '../../../ui/dialog.tsx';
import { FactList } from '../../../ui/fact-list.tsx';
import { Notice } from '../../../ui/notice.tsx';
import { SheetPart } from '../../../ui/sheet.tsx';
import { RelativeTime } from '../../../ui/time.tsx';
import { accessWords, bitsOf } from '../model/levels.ts';
import css from '../parts/access.module.css';
import { ApproveForm } from './approve-form.tsx';
import { DeclineForm } from './decline-form.tsx';
import { waitingQuery } from '../model/request-queries.ts';

interface RequestSheetProps {
  place: AccessPlace;
  /** As it was when it was opened. */
  request: WaitingAccessRequest;
  onClose: () => void;
}

/** A request: who asks for what and why, what approving it would do, and the decision. */
export function RequestSheet({ place, request, onClose }: RequestSheetProps): ReactNode {
  const list = useQuery(waitingQuery(place));
  const [isDeclining, setDeclining] = useState(false);
  const current = list.data?.requests.find(({ id }) => id === request.id);
  const shown = current ?? request;
  const isGone = list.data !== undefined && current === undefined && !list.isFetching;
  return (
    <Sheet opened onClose={onClose} title={`${shown.by.name} asks for access`} size={520}>
      <div className={css['review']}>
        <Asked request={shown} />
        {isGone && (
          <Notice
            tone="info"
            title="It is not open any more"
            actions={<Button onClick={onClose}>Close</Button>}
          >
            It was decided, replaced or withdrawn.
          </Notice>
        )}
        {!isGone && isDeclining && (
          <DeclineForm
            contextId={place.contextId}
            request={shown}
            onBack={() => setDeclining(false)}
            onDone={onClose}
          />
        )}
        {!isGone && !isDeclining && (
          <ApproveForm place={place} request={shown} onDecline={() => setDeclining(true)} onDone={onClose} />
        )}
      </div>
    </Sheet>
  );
}

function Asked({ request }: { request: WaitingAccessRequest }): ReactNode {
  const { by, repository, actions, until, reason, askedAt } = request;
  const [now] = useState(Date.now);
  const isPast = until !== null && Date.parse(until) <= now;
  return (
    <>
      <SheetPart title="What is asked for">
        <FactList
          facts={[
            {
              name: 'Who',
              value: (
                <>
                  <bdi>{by.name}</bdi>, {by.email}
                </>
              ),
            },
            {
              name: 'Access',
              value: `${accessWords(bitsOf(actions))} on ${repository}`,
            },
            {
              name: 'Until',
              value:
                until === null
                  ? 'Without an end'
                  : `${dateWords(until, now)}${isPast ? ', which has passed' : ''}`,
            },
            { name: 'Because', value: <bdi>{reason}</bdi> },
            { name: 'Asked', value: <RelativeTime at={askedAt} /> },
          ]}
        />
      </SheetPart>
      {!by.active && (
        <Notice tone="warning" title="This account is closed, or waits to be opened">
          The request cannot be approved until it is open. You can decline it.
        </Notice>
      )}
    </>
  );
}
