import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { expiryStage } from '../../../contracts/domain/key-expiry.ts';
import { useNow } from '../../lib/use-now.ts';
import { useCurrentContext } from '../contexts/queries.ts';
import css from './keys-attention.module.css';
import { keysQuery } from './queries.ts';

/** A dot beside the Keys page's name while the current context's signing key is about to expire, or none is left. */
export function KeysAttention(): ReactNode {
  const context = useCurrentContext();
  return context?.state === 'active' && <Dot contextId={context.id} />;
}

function Dot({ contextId }: { contextId: string }): ReactNode {
  const now = useNow(60_000);
  const keys = useQuery(keysQuery(contextId)).data ?? [];
  const registered = keys.filter(({ state }) => state === 'active');
  const asking = registered.find(({ signs }) => signs) ?? registered[0];
  const stage = asking === undefined ? null : expiryStage(asking.expiresAt, now);
  if (stage === null) return null;
  return (
    <span className={css['dot']} data-stage={stage}>
      <span className="kh-hidden">
        {stage === 'expired' ? ', the key has expired' : ', the key expires soon'}
      </span>
    </span>
  );
}
