import { useMutation, useQueryClient } from '@tanstack/react-query';
import { RefreshCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { limits } from '../../../contracts/domain/limits.ts';
import type { RegistrationCard } from '../../../contracts/ipc/signin.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { clockTime, countdown, exactTime, secondsUntil, shortFingerprint } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { Code } from '../../ui/code.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { FactList } from '../../ui/fact-list.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { Secret, useReveal } from '../../ui/secret.tsx';
import { cardQuery } from './queries.ts';
import css from './registration-page.module.css';

/** Seconds before the end at which the bar changes its colour. */
const short = 60;

/** The registration token: what it proves, how long, and the token itself to copy or look at. */
export function RegistrationCardView({ card }: { card: RegistrationCard }): ReactNode {
  const client = useQueryClient();
  const now = useNow();
  const secondsLeft = secondsUntil(card.expiresAt, now);
  const renew = useMutation({
    mutationFn: () => valueOf(keyhold().signin.renew({ contextId: card.contextId })),
    onSuccess: (renewed) => {
      client.setQueryData(cardQuery(card.contextId).queryKey, renewed);
    },
  });
  const renewNow = (): void => renew.mutate();
  if (secondsLeft === 0) {
    return (
      <>
        <Notice
          tone="warning"
          title="The token has expired"
          actions={
            <Button size="small" kind="primary" busy={renew.isPending} onClick={renewNow}>
              Renew token
            </Button>
          }
        >
          It was valid until {clockTime(card.expiresAt, now)}. The dashboard refuses it now; a new one takes a
          moment.
        </Notice>
        {renew.isError && <ErrorNotice error={renew.error} />}
      </>
    );
  }
  return (
    <>
      <p className={css['proof']}>
        Proves that you hold key <code title={card.fingerprint}>{shortFingerprint(card.fingerprint)}</code> (
        {card.keyLabel}), for user <Code inSentence>{card.userId}</Code>, until{' '}
        <time dateTime={card.expiresAt} title={exactTime(card.expiresAt)}>
          {clockTime(card.expiresAt, now)}
        </time>
        .
      </p>
      <TokenText key={card.jti} contextId={card.contextId} />
      <Life secondsLeft={secondsLeft} />
      <div className="kh-row">
        <CopyButton
          key={card.jti}
          kind="primary"
          label="Copy token"
          copy={() => valueOf(keyhold().signin.copy({ contextId: card.contextId }))}
        />
        <Button icon={<RefreshCw />} busy={renew.isPending} onClick={renewNow}>
          Renew
        </Button>
      </div>
      {renew.isError && <ErrorNotice error={renew.error} retry={renewNow} />}
      <Claims card={card} />
    </>
  );
}

function TokenText({ contextId }: { contextId: string }): ReactNode {
  const { shown, error } = useReveal(
    async () => (await valueOf(keyhold().signin.reveal({ contextId }))).token,
  );
  return (
    <>
      <Secret name="registration token" {...shown} />
      {error !== null && <ErrorNotice error={error} />}
    </>
  );
}

function Life({ secondsLeft }: { secondsLeft: number }): ReactNode {
  const share = Math.min(100, (secondsLeft / limits.registrationTtl) * 100);
  return (
    <div className={css['life']}>
      <div className={css['bar']} aria-hidden="true">
        <div
          className={css['barLeft']}
          data-short={secondsLeft <= short || undefined}
          style={{ width: `${String(share)}%` }}
        />
      </div>
      <span className="kh-tabular">expires in {countdown(secondsLeft)}</span>
    </div>
  );
}

function Claims({ card }: { card: RegistrationCard }): ReactNode {
  return (
    <details className={css['details']}>
      <summary>What the token says</summary>
      <div className={css['claims']}>
        <FactList
          facts={[
            {
              name: 'For (aud)',
              value: <Code>{card.audience}</Code>,
            },
            {
              name: 'User (sub)',
              value: <Code>{card.userId}</Code>,
            },
            { name: 'Fingerprint', value: <code>{card.fingerprint}</code> },
            { name: 'Key id (kid)', value: <code>{card.kid}</code> },
            { name: 'Signature (alg)', value: <code>{card.algorithm}</code> },
            { name: 'Token id (jti)', value: <code>{card.jti}</code> },
            { name: 'Issued (iat)', value: exactTime(card.issuedAt) },
            { name: 'Expires (exp)', value: exactTime(card.expiresAt) },
          ]}
        />
      </div>
    </details>
  );
}
