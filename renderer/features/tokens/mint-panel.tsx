import { useMutation, useQueryClient } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { queries } from '../../lib/queries.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { SignedOutState } from '../contexts/signed-out-state.tsx';
import { MintForm } from './mint-form.tsx';
import { RecentTokens } from './recent-tokens.tsx';
import { TokenCard } from './token-card.tsx';
import css from './tokens.module.css';

/** Mints tokens, shows the new one and lists those that can still be copied. */
export function MintPanel({ context }: { context: ContextSummary }): ReactNode {
  const client = useQueryClient();
  const navigate = useNavigate();
  const mint = useMutation({
    mutationFn: (ttl: string) => valueOf(keyhold().tokens.mint({ contextId: context.id, ttl })),
    onSuccess: () => client.invalidateQueries(queries.tokens),
  });
  if (context.state === 'signed_out') return <SignedOutState context={context} />;
  if (context.state === 'pending') {
    return (
      <EmptyState
        picture={<KeyRound />}
        title="Register the key first"
        action={
          <Button kind="primary" onClick={() => void navigate('/status/register')}>
            Register key
          </Button>
        }
      >
        {context.serviceName} accepts tokens only from a key that it knows.
      </EmptyState>
    );
  }
  return (
    <div className={css['stack']}>
      <MintForm
        maxSeconds={context.maxTokenTtl}
        busy={mint.isPending}
        error={mint.error}
        onMint={mint.mutate}
      />
      {mint.data !== undefined && <TokenCard key={mint.data.tokenId} token={mint.data} />}
      <RecentTokens except={mint.data?.tokenId ?? null} />
    </div>
  );
}
