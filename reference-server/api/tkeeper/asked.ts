import type { FastifyRequest } from 'fastify';
import type { OperationId } from '../../../contracts/permissions/operations.ts';
import { askedBy } from '../../keeper/operation.ts';
import type { Asked } from '../../keeper/operation.ts';
import { keeperCallerOf } from './guard.ts';

/**
 * What a request asks the keeper to do, by whom.
 *
 * @param keyId - Of the key that it is about; null for none.
 */
export function askedOf(request: FastifyRequest, operation: OperationId, keyId: string | null = null): Asked {
  return askedBy(request, keeperCallerOf(request))(operation, keyId);
}
