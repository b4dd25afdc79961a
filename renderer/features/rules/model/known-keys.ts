import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ContextSummary } from '../../../../contracts/domain/context.ts';
import type { CallError } from '../../../lib/api.ts';
import { allowanceOf } from '../../remote-keys/allowance.ts';
import { remoteKeysQuery, standingQuery } from '../../remote-keys/queries.ts';

/** Which keys there are at the service, as far as anybody knows. */
export interface KnownKeys {
  /** Their ids in order; none where they are not known. */
  ids: readonly string[];
  /** `some`: the service has more than are read. `reading` and `none`: nothing is known of them. */
  state: 'all' | 'some' | 'reading' | 'none';
  /** Why they may not be listed, in a sentence: by the rules that the token is known to have, without asking. */
  forbidden: string | null;
  /** Why nothing is known; null where nobody asked. */
  error: CallError | null;
  retry: () => void;
}

const noIds: readonly string[] = [];

export function useKnownKeys({ id, state: standing, capabilities }: ContextSummary): KnownKeys {
  const isActive = standing === 'active' && capabilities.includes('remote-keys');
  const mine = useQuery({ ...standingQuery(id), enabled: isActive });
  const forbidden = mine.data === undefined ? null : allowanceOf(mine.data)('compliance.inventory', null);
  // What is known to be refused is not asked for.
  const asks = isActive && !mine.isPending && forbidden === null;
  const { data, error, isPending, refetch } = useQuery({ ...remoteKeysQuery(id), enabled: asks });
  const ids = useMemo(
    () => (data === undefined ? noIds : data.keys.map(({ keyId }) => keyId).toSorted()),
    [data],
  );
  const isReading = isActive && forbidden === null && isPending;
  const unknown = isReading ? 'reading' : 'none';
  return {
    ids,
    state: data === undefined ? unknown : data.isAll ? 'all' : 'some',
    forbidden: data === undefined ? forbidden : null,
    error: data === undefined ? error : null,
    retry: () => void refetch(),
  };
}
