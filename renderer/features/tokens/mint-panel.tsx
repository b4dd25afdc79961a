import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { Answer } from '../../lib/api.ts';
import { RegisterFirst } from '../contexts/register-first.tsx';
import { SignedOutState } from '../contexts/signed-out-state.tsx';
import { CredentialPanel } from './credential-panel.tsx';
import { MintForm } from './mint-form.tsx';
import { tokensQuery } from './queries.ts';
import { RecentTokens } from './recent-tokens.tsx';
import { TokenCard } from './token-card.tsx';

/** Mints tokens, shows the new one and lists those that can still be copied. */
export function MintPanel({ context }: { context: ContextSummary }): ReactNode {
  const client = useQueryClient();
  const [minted, setMinted] = useState<Answer<'tokens', 'mint'> | null>(null);
  if (context.state === 'signed_out') return <SignedOutState context={context} />;
  if (context.state === 'pending') return <RegisterFirst context={context} />;
  if (context.maxTokenTtl === null) return <CredentialPanel context={context} />;
  return (
    <div className="kh-stack" data-gap="5">
      <MintForm
        contextId={context.id}
        maxSeconds={context.maxTokenTtl}
        onMinted={(token) => {
          setMinted(token);
          return client.invalidateQueries(tokensQuery);
        }}
      />
      {minted !== null && <TokenCard key={minted.tokenId} token={minted} />}
      <RecentTokens except={minted?.tokenId ?? null} />
    </div>
  );
}
