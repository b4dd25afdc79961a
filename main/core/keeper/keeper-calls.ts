import type { z } from 'zod';
import { KeyholdError, type ErrorCode } from '../../../contracts/errors.ts';
import { permissionFor, type OperationId } from '../../../contracts/permissions/operations.ts';
import { isLost } from '../service/lost-answers.ts';
import type { Failed } from '../service/client.ts';
import type { TkeeperCode } from '../service/dialects/tkeeper.ts';
import type { ServiceCalls } from '../service/service-calls.ts';

/** What is asked of a keeper: an operation, on one key or on none. */
export interface KeeperRequest extends Omit<Parameters<ServiceCalls['ask']>[1], 'errorCodes'> {
  operation: OperationId;
  keyId: string | null;
  errorCodes?: Partial<Record<TkeeperCode, ErrorCode>>;
}

/** By these a keeper may also say that it did what it was asked for, and could not finish what comes after. */
const codesAfter: ReadonlySet<string> = new Set<TkeeperCode>(['AUDIT_FAILED', 'INTERNAL_ERROR']);

/** Asks keepers for operations. Nothing is asked for twice. */
export class KeeperCalls {
  readonly #service: ServiceCalls;

  /** @param service - Speaks TKeeper's API. */
  constructor(service: ServiceCalls) {
    this.#service = service;
  }

  /**
   * Asks for an operation that changes nothing at the keeper.
   *
   * @throws KeyholdError as `ServiceCalls.ask`; `not_allowed` with the permission that is missing.
   */
  async ask<Schema extends z.ZodType>(
    contextId: string,
    { operation, keyId, errorCodes = {}, ...request }: KeeperRequest,
    schema: Schema,
  ): Promise<z.output<Schema>> {
    const answer = await this.#service.attempt(contextId, request, schema);
    if (answer.kind === 'answered') return answer.value;
    throw this.#failure(answer, { operation, keyId, errorCodes });
  }

  /**
   * Asks for a change.
   *
   * @throws KeyholdError as `ask`; `maybe_done` where the keeper may have made it and did not say so.
   */
  async change(
    contextId: string,
    { operation, keyId, errorCodes = {}, ...request }: KeeperRequest,
  ): Promise<void> {
    const answer = await this.#service.attemptTell(contextId, request);
    if (answer.kind === 'answered') return;
    const isAfter = answer.kind === 'refused' && codesAfter.has(answer.code);
    if (isAfter || isLost(answer)) throw new KeyholdError('maybe_done');
    throw this.#failure(answer, { operation, keyId, errorCodes });
  }

  #failure(
    answer: Failed,
    { operation, keyId, errorCodes }: Required<Pick<KeeperRequest, 'operation' | 'keyId' | 'errorCodes'>>,
  ): KeyholdError {
    const error = this.#service.failure(answer, errorCodes);
    if (error.code !== 'not_allowed') return error;
    return new KeyholdError('not_allowed', { permission: permissionFor(operation, keyId) });
  }
}
