import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { RegisterFirst } from '../contexts/register-first.tsx';
import { SignedOutState } from '../contexts/signed-out-state.tsx';
import { MintForm } from './mint-form.tsx';
import { tokensQuery } from './queries.ts';
import { RecentTokens } from './recent-tokens.tsx';
import { TokenCard } from './token-card.tsx';
import css from './tokens.module.css';

/** Mints tokens, shows the new one and lists those that can still be copied. */
export function MintPanel({ context }: { context: ContextSummary }): ReactNode {
  const client = useQueryClient();
  const mint = useMutation({
    mutationFn: (ttl: string) => valueOf(keyhold().tokens.mint({ contextId: context.id, ttl })),
    onSuccess: () => client.invalidateQueries(tokensQuery),
  });
  if (context.state === 'signed_out') return <SignedOutState context={context} />;
  if (context.state === 'pending') return <RegisterFirst context={context} />;
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
