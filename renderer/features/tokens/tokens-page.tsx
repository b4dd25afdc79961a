import { useMutation } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Page } from '../../ui/page.tsx';
import { MintForm } from './mint-form.tsx';
import { TokenCard } from './token-card.tsx';

/** Mints tokens for the current context by hand. */
export function TokensPage({ context }: { context: ContextSummary }): ReactNode {
  const navigate = useNavigate();
  const mint = useMutation({
    mutationFn: (ttl: string) => valueOf(keyhold().tokens.mint({ contextId: context.id, ttl })),
  });
  const lead = `Short-lived tokens that sign you in to ${context.serviceName}, for curl and scripts.`;
  if (context.state === 'pending') {
    return (
      <Page title="Tokens" lead={lead}>
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
      </Page>
    );
  }
  return (
    <Page title="Tokens" lead={lead} width="text">
      <MintForm
        maxSeconds={context.maxTokenTtl}
        busy={mint.isPending}
        error={mint.error}
        onMint={mint.mutate}
      />
      {mint.data !== undefined && <TokenCard key={mint.data.tokenId} token={mint.data} />}
    </Page>
  );
}
