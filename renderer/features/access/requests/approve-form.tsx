import { NativeSelect } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import type { AccessPlace, PreviewSummary } from '../../../../contracts/ipc/access.ts';
import type { WaitingAccessRequest } from '../../../../contracts/ipc/access-requests.ts';
import { keyhold, valueOf } from '../../../lib/api.ts';
import { Button } from '../../../ui/button.tsx';
import { bringIntoSight } from '../../../ui/form.tsx';
import { LinesSkeleton } from '../../../ui/lines-skeleton.tsx';
import { ErrorNotice, Notice } from '../../../ui/notice.tsx';
import { SheetPart } from '../../../ui/sheet.tsx';
import { toastDone } from '../../../ui/toast.ts';
import { Effects } from '../changes/review-effects.tsx';
import { refusalWords, termsWords } from '../model/change-words.ts';
import { actionsOf, bitsOf } from '../model/levels.ts';
import type { Terms } from '../model/pending.ts';
import access from '../parts/access.module.css';
import { chosenEnd, endAsNow, EndField } from '../parts/end-field.tsx';
import { outdateRequests } from '../model/request-queries.ts';
import css from './requests.module.css';
import { changeOf, endsEarlier, offeredLevels, replacesWords } from './request-words.ts';

interface ApproveFormProps {
  place: AccessPlace;
  request: WaitingAccessRequest;
  onDecline: () => void;
  onDone: () => void;
}

/** Gives what was asked for, or less or for shorter, once what that would do was shown. */
export function ApproveForm({ place, request, onDecline, onDone }: ApproveFormProps): ReactNode {
  const client = useQueryClient();
  const [now] = useState(Date.now);
  const asked = bitsOf(request.actions);
  const isPast = request.until !== null && Date.parse(request.until) <= now;
  const kept = isPast ? null : request.until;
  const [bits, setBits] = useState(asked);
  const [end, setEnd] = useState(() =>
    isPast ? { ...endAsNow(null, now), end: '7' as const } : endAsNow(kept, now),
  );
  const until = chosenEnd(end, kept, now);
  const isEndGood = until !== undefined && (until === null || Date.parse(until) > now);
  const given: Terms | null = isEndGood ? { bits, end: until } : null;
  const effect = usePreview(place, request, given);
  const approve = useMutation({
    mutationFn: (terms: Terms) =>
      valueOf(
        keyhold().accessRequests.approve({
          ...{ contextId: place.contextId, requestId: request.id, replaces: request.replaces },
          ...{ actions: actionsOf(terms.bits), until: terms.end },
        }),
        // What was decided is gone from the lists before the sheet closes; what changed meanwhile is shown.
      ).finally(() => outdateRequests(client, place.contextId)),
    onSuccess: (_none, terms) => {
      toastDone(`${request.by.name} has ${termsWords(terms, now)} on ${request.repository}`);
      onDone();
    },
  });
  const isBlocked =
    given === null || !request.by.active || effect.data === undefined || effect.data.refused.length > 0;
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (!isBlocked && !approve.isPending) approve.mutate(given);
  };
  return (
    <form className={css['decision']} aria-label="Approve" onSubmit={submit} noValidate>
      {request.by.active && (
        <>
          <SheetPart title="What you give">
            <NativeSelect
              label="Access"
              value={String(bits)}
              data={offeredLevels(asked).map((level) => ({ value: String(level.bits), label: level.label }))}
              onChange={(event) => setBits(Number(event.currentTarget.value))}
            />
            <EndField
              value={end}
              kept={kept}
              keptWords="as asked"
              now={now}
              problem={isEndGood ? undefined : 'Choose a day to come.'}
              onChange={setEnd}
            />
          </SheetPart>
          {given !== null && <Effect request={request} given={given} now={now} effect={effect} />}
        </>
      )}
      {approve.isError && (
        <div ref={bringIntoSight} className={css['failure']}>
          <ErrorNotice error={approve.error} />
        </div>
      )}
      <div className={access['reviewFoot']}>
        <Button onClick={onDecline}>Decline…</Button>
        {request.by.active && (
          <Button type="submit" kind="primary" busy={approve.isPending} disabled={isBlocked}>
            Approve
          </Button>
        )}
      </div>
    </form>
  );
}

/** What an approval would do. Nothing is changed. */
function usePreview(place: AccessPlace, request: WaitingAccessRequest, given: Terms | null) {
  const changes = given === null ? [] : [changeOf(request, given)];
  return useQuery({
    queryKey: ['access-preview', place, changes],
    queryFn: () => valueOf(keyhold().access.preview({ ...place, changes })),
    staleTime: 0,
    gcTime: 0,
    enabled: changes.length > 0 && request.by.active,
  });
}

interface EffectProps {
  request: WaitingAccessRequest;
  given: Terms;
  now: number;
  effect: ReturnType<typeof usePreview>;
}

function Effect({ request, given, now, effect }: EffectProps): ReactNode {
  const { replaces } = request;
  const words = replacesWords(request, given, now);
  return (
    <SheetPart title="What that does">
      {words !== null && replaces !== null && (
        <Notice
          tone={endsEarlier(replaces, given) ? 'warning' : 'info'}
          title="It takes the place of what they have"
        >
          {words}
          {endsEarlier(replaces, given) && ' What they have already ends with it, earlier than now.'}
        </Notice>
      )}
      {effect.isError && <ErrorNotice error={effect.error} retry={() => void effect.refetch()} />}
      {effect.isPending && <LinesSkeleton lines={2} />}
      {effect.data !== undefined && <Effected preview={effect.data} now={now} />}
    </SheetPart>
  );
}

function Effected({ preview, now }: { preview: PreviewSummary; now: number }): ReactNode {
  const { gains, loses, total, refused } = preview;
  return (
    <>
      {refused.map(({ index, code }) => (
        <Notice key={index} tone="error" title="It cannot be approved so">
          {refusalWords(code)}
        </Notice>
      ))}
      <Effects kind="loses" effects={loses} total={total.loses} now={now} level={4} />
      <Effects kind="gains" effects={gains} total={total.gains} now={now} level={4} />
      {refused.length === 0 && total.gains === 0 && total.loses === 0 && (
        <p className={access['effect']}>
          It changes nothing that they may do: they have as much already. Only the grant itself, or its end,
          changes.
        </p>
      )}
    </>
  );
}
