import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { PublicKeyFormat } from '../../../contracts/domain/key.ts';
import { keyhold, valueOf } from '../../lib/api.ts';

export const keysKey = ['keys'] as const;
export const rotationKey = ['rotation'] as const;

export const keysQuery = (contextId: string) =>
  queryOptions({
    queryKey: [...keysKey, contextId],
    queryFn: () => valueOf(keyhold().keys.list({ contextId })),
  });

export const rotationQuery = (contextId: string) =>
  queryOptions({
    queryKey: [...rotationKey, contextId],
    queryFn: () => valueOf(keyhold().keys.rotation({ contextId })),
  });

export const publicKeyQuery = (keyId: string, format: PublicKeyFormat) =>
  queryOptions({
    queryKey: [...keysKey, 'public', keyId, format],
    queryFn: () => valueOf(keyhold().keys.publicText({ keyId, format })),
    placeholderData: keepPreviousData,
  });

export const cardQuery = (contextId: string) =>
  queryOptions({
    queryKey: ['card', contextId],
    queryFn: () => valueOf(keyhold().signin.card({ contextId })),
  });

/** Reading it starts the wait; later states come by event. */
export const waitQuery = (contextId: string) =>
  queryOptions({
    queryKey: ['wait', contextId],
    queryFn: () => valueOf(keyhold().signin.wait({ contextId })),
  });
