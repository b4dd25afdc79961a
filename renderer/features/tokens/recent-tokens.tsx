import { useQuery, useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { MintedToken } from '../../../contracts/ipc/tokens.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { countdown, secondsUntil } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Card, Section } from '../../ui/page.tsx';
import { useAction } from '../../ui/use-action.ts';
import { ContextLabel, ContextTile } from '../contexts/context-tile.tsx';
import { useContexts } from '../contexts/queries.ts';
import { endedWords } from './ended-words.ts';
import { tokensQuery } from './queries.ts';
import css from './tokens.module.css';

/**
 * Tokens that were minted since the vault was unlocked and have not expired; those of a key that has ended say so.
 * Nothing at all without any.
 */
export function RecentTokens({ except }: { except: string | null }): ReactNode {
  const tokens = useQuery(tokensQuery);
  const now = useNow();
  if (tokens.isError) return <ErrorNotice error={tokens.error} retry={() => void tokens.refetch()} />;
  const living = (tokens.data ?? []).filter(
    ({ tokenId, expiresAt }) => tokenId !== except && secondsUntil(expiresAt, now) > 0,
  );
  if (living.length === 0) return null;
  return (
    <Section title="Recent tokens" aside={<span className="kh-dim">Forgotten when the vault locks</span>}>
      <Card padded={false}>
        <ul className={css['recent']} aria-label="Recent tokens">
          {living.map((token) => (
            <RecentToken key={token.tokenId} token={token} now={now} />
          ))}
        </ul>
      </Card>
    </Section>
  );
}

function RecentToken({ token, now }: { token: MintedToken; now: number }): ReactNode {
  const client = useQueryClient();
  const { data: contexts = [] } = useContexts();
  const context = contexts.find(({ id }) => id === token.contextId);
  const { tokenId } = token;
  const ended = endedWords(token, now);
  const forget = useAction(
    () => keyhold().tokens.forget({ tokenId }),
    () => client.invalidateQueries(tokensQuery),
  );
  return (
    <li className={css['recentToken']}>
      {context && <ContextTile context={context} />}
      <div className={css['recentWords']}>
        <span className={css['recentName']}>
          {context?.name} {context && <ContextLabel context={context} />}
        </span>
        <span className="kh-dim">
          <code>{token.jti.slice(0, 8)}</code> ·{' '}
          {ended ?? (
            <span className="kh-tabular">expires in {countdown(secondsUntil(token.expiresAt, now))}</span>
          )}
        </span>
      </div>
      {ended === null ? (
        <CopyButton
          size="small"
          label="Copy"
          copy={() => valueOf(keyhold().tokens.copy({ tokenId, form: 'raw' }))}
        />
      ) : (
        <Badge tone="neutral">Ended</Badge>
      )}
      <Button
        size="small"
        kind="quiet"
        icon={<X />}
        aria-label={`Forget token ${token.jti.slice(0, 8)}`}
        call={forget}
      >
        Forget
      </Button>
    </li>
  );
}
