import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ContextSummary } from '../../../../contracts/domain/context.ts';
import type { CallError } from '../../../lib/api.ts';
import { remoteKeysQuery } from '../../remote-keys/queries.ts';

/** Which keys there are at the service, as far as anybody knows. */
export interface KnownKeys {
  /** Their ids in order; none where they are not known. */
  ids: readonly string[];
  /** `some`: the service has more than are read. `reading` and `none`: nothing is known of them. */
  state: 'all' | 'some' | 'reading' | 'none';
  /** Why nothing is known; null where nobody asked. */
  error: CallError | null;
  retry: () => void;
}

const noIds: readonly string[] = [];

export function useKnownKeys({ id, state: standing, capabilities }: ContextSummary): KnownKeys {
  const asks = standing === 'active' && capabilities.includes('remote-keys');
  const { data, error, isPending, refetch } = useQuery({ ...remoteKeysQuery(id), enabled: asks });
  const ids = useMemo(
    () => (data === undefined ? noIds : data.keys.map(({ keyId }) => keyId).toSorted()),
    [data],
  );
  const unknown = asks && isPending ? 'reading' : 'none';
  return {
    ids,
    state: data === undefined ? unknown : data.isAll ? 'all' : 'some',
    error: data === undefined ? error : null,
    retry: () => void refetch(),
  };
}
