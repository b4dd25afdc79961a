import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ClientForm } from '../../../contracts/domain/client-line.ts';
import type { MintedToken } from '../../../contracts/ipc/tokens.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { clockTime, countdown, exactTime, secondsUntil } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { ClientLines } from '../../ui/client-lines.tsx';
import { Code } from '../../ui/code.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { FactList } from '../../ui/fact-list.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { Card, Section } from '../../ui/page.tsx';
import { Secret, useReveal } from '../../ui/secret.tsx';
import { endedWords } from './ended-words.ts';
import { tokensQuery } from './queries.ts';
import css from './tokens.module.css';

/** A minted token: what it says, how long it lives, and its text to copy or, once, to look at. */
export function TokenCard({ token: minted }: { token: MintedToken }): ReactNode {
  const now = useNow();
  // As main knows it now: its key may have ended since.
  const token = useQuery(tokensQuery).data?.find(({ tokenId }) => tokenId === minted.tokenId) ?? minted;
  const ended = endedWords(token, now);
  const copy = (form: ClientForm): Promise<{ clearsAt: string }> =>
    valueOf(keyhold().tokens.copy({ tokenId: token.tokenId, form }));
  const secondsLeft = secondsUntil(token.expiresAt, now);
  return (
    <Section
      title="New token"
      aside={
        secondsLeft === 0 ? (
          <Badge tone="error">Expired</Badge>
        ) : ended !== null ? (
          <Badge tone="neutral">Ended</Badge>
        ) : (
          <Badge tone="good">
            <span className="kh-tabular">Expires in {countdown(secondsLeft)}</span>
          </Badge>
        )
      }
    >
      <Card>
        <div className="kh-stack">
          {secondsLeft === 0 ? (
            <Notice tone="warning" title="The token has expired">
              It was valid until {clockTime(token.expiresAt, now)}. Mint another one.
            </Notice>
          ) : ended !== null ? (
            <Notice tone="warning" title="The token has ended">
              {ended}
            </Notice>
          ) : (
            <>
              <p>
                Signs you in as <Code inSentence>{token.subject}</Code> to{' '}
                <Code inSentence>{token.audience}</Code>, until{' '}
                <time dateTime={token.expiresAt} title={exactTime(token.expiresAt)}>
                  {clockTime(token.expiresAt, now)}
                </time>
                . Whoever has it can do there what you can.
              </p>
              <TokenText tokenId={token.tokenId} />
              <div className="kh-row">
                <CopyButton label="Copy token" kind="primary" copy={() => copy('raw')} />
              </div>
              <ClientLines origin={token.audience} placeholder="eyJ…" copy={copy} />
            </>
          )}
          <div className={css['claims']}>
            <FactList
              facts={[
                {
                  name: 'User (sub)',
                  value: <Code>{token.subject}</Code>,
                },
                {
                  name: 'For (aud)',
                  value: <Code>{token.audience}</Code>,
                },
                { name: 'Key id (kid)', value: <code>{token.kid}</code> },
                { name: 'Signature (alg)', value: <code>{token.algorithm}</code> },
                { name: 'Token id (jti)', value: <code>{token.jti}</code> },
                { name: 'Issued (iat)', value: exactTime(token.issuedAt) },
                { name: 'Expires (exp)', value: exactTime(token.expiresAt) },
              ]}
            />
          </div>
        </div>
      </Card>
    </Section>
  );
}

function TokenText({ tokenId }: { tokenId: string }): ReactNode {
  const { shown, wasShown, error } = useReveal(
    async () => (await valueOf(keyhold().tokens.reveal({ tokenId }))).token,
  );
  return (
    <>
      <Secret name="token" canReveal={!wasShown} {...shown} />
      {shown.text !== null && (
        <p className={css['once']}>Shown once: when you hide it, it can only be copied.</p>
      )}
      {wasShown && (
        <p className={css['once']}>It was shown once and cannot be shown again. Copying still works.</p>
      )}
      {error !== null && <ErrorNotice error={error} />}
    </>
  );
}
