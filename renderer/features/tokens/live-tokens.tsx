import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { clockTime, counted } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { liveTokensQuery } from './queries.ts';

interface LiveTokensProps {
  /** Whose tokens: those of one context, or of one key of it; null for all. */
  contextId: string | null;
  kid?: string;
  /** `ends`: the service revokes the key. `stays`: it does not, so that they live on. */
  fate: 'ends' | 'stays';
}

/** Says before a key goes how many of its tokens live, and what becomes of them. */
export function LiveTokens({ contextId, kid, fate }: LiveTokensProps): ReactNode {
  const live = useQuery(liveTokensQuery);
  const now = useNow(15_000);
  const concerned = (live.data ?? []).filter(
    (of) => (contextId === null || of.contextId === contextId) && (kid === undefined || of.kid === kid),
  );
  const count = concerned.reduce((total, of) => total + of.count, 0);
  const until = concerned
    .map((of) => of.until)
    .sort()
    .at(-1);
  if (until === undefined) {
    return (
      <p className="kh-dim">
        No live token is known: none was made since Keyhold started, or all have expired.
      </p>
    );
  }
  const atMost = count === 1 ? '' : ' at the latest';
  const those = `${counted(count, 'live token')} made here, valid until ${clockTime(until, now)}${atMost}`;
  return fate === 'ends' ? (
    <p>
      This ends {those}: copied ones and those that Podman and Docker were given. A service that looks up the
      key each time refuses them at once; others take them until they expire.
    </p>
  ) : (
    <p>The service goes on taking {those}, because removing does not revoke the key.</p>
  );
}
