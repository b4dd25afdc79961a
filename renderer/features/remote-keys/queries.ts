import { queryOptions } from '@tanstack/react-query';
import { keyhold, valueOf } from '../../lib/api.ts';

/** Whether the keeper is sealed, and what one may do there, is asked for while somebody looks. Milliseconds. */
const everyMs = 60_000;

/** What is known of a context's keeper, all of it. */
export function keeperKey(contextId: string): readonly string[] {
  return ['keeper', contextId];
}

export const standingQuery = (contextId: string) =>
  queryOptions({
    queryKey: [...keeperKey(contextId), 'standing'],
    queryFn: () => valueOf(keyhold().remoteKeys.standing({ contextId })),
    refetchOnWindowFocus: true,
    refetchInterval: everyMs,
  });

export const remoteKeysQuery = (contextId: string) =>
  queryOptions({
    queryKey: [...keeperKey(contextId), 'keys'],
    queryFn: () => valueOf(keyhold().remoteKeys.list({ contextId })),
    refetchOnWindowFocus: true,
  });

export const remoteKeyQuery = (contextId: string, keyId: string) =>
  queryOptions({
    queryKey: [...keeperKey(contextId), 'key', keyId],
    queryFn: () => valueOf(keyhold().remoteKeys.one({ contextId, keyId })),
  });

/** @param generation - Null for the current one. */
export const remotePublicKeyQuery = (contextId: string, keyId: string, generation: number | null) =>
  queryOptions({
    queryKey: [...keeperKey(contextId), 'public', keyId, String(generation)],
    queryFn: () => valueOf(keyhold().remoteKeys.publicKey({ contextId, keyId, generation })),
  });
