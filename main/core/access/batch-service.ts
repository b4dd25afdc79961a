import type {
  AccessChangeRequest,
  AccessPlace,
  BatchOutcome,
  BatchSummary,
} from '../../../contracts/ipc/access.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import { batchesPath } from '../../../contracts/server-api/index.ts';
import type { Clock } from '../ports.ts';
import type { Answer } from '../service/client.ts';
import { noteDeed, type DeedDeps } from '../service/deeds.ts';
import {
  batchListAnswer,
  batchMadeAnswer,
  changedCellsAnswer,
  refusedChangesAnswer,
  type BatchAnswer,
} from '../service/dialects/access.ts';
import { isLost } from '../service/lost-answers.ts';
import { accessCodes, accessRoom, accessTimeoutMs, batchBody, requireFuture } from './service-requests.ts';
import { toBatch, toChangedCells } from './summaries.ts';

/** What a person is shown of what was done before. */
const shownBatches = 10;
/** How far back a batch is looked for whose answer got lost: all that one page has. */
const searchedBatches = 100;

interface BatchServiceDeps extends DeedDeps {
  clock: Clock;
}

interface NewBatch {
  changes: readonly AccessChangeRequest[];
  /** Of what the user has seen. */
  version: string;
  /** A UUID by which the service knows the batch again. */
  key: string;
}

/** Changes access to many things at once, all or nothing, and takes such changes back. */
export class BatchService {
  readonly #deps: BatchServiceDeps;

  constructor(deps: BatchServiceDeps) {
    this.#deps = deps;
  }

  /** The last batches of an organization, newest first. @throws KeyholdError as `ServiceCalls.ask`. */
  async batches(place: AccessPlace): Promise<BatchSummary[]> {
    const asked = { ...this.#listOf(place, shownBatches), errorCodes: accessCodes };
    const { batches } = await this.#deps.service.ask(place.contextId, asked, batchListAnswer);
    return batches.slice(0, shownBatches).map(toBatch);
  }

  /**
   * Makes all changes, or none. Where the answer gets lost, the service is asked whether it made them; where it did not,
   * it is sent them once more, which it takes for the same batch.
   *
   * @throws KeyholdError `expiry_passed`; `nobody_found`, `repository_gone`, `repository_admin_needed` where one of the
   *   changes cannot be made; or as `ServiceCalls.ask`. Nothing was changed then.
   */
  async apply(place: AccessPlace, batch: NewBatch): Promise<BatchOutcome> {
    const { clock, service } = this.#deps;
    const ends = batch.changes.map(({ expiresAt }) => expiresAt);
    requireFuture(ends, clock.now());
    const request = {
      method: 'POST' as const,
      path: batchesPath,
      body: batchBody(place, batch.changes),
      headers: { 'if-match': `"${batch.version}"`, 'idempotency-key': batch.key },
      room: accessRoom,
      timeoutMs: accessTimeoutMs,
    };
    const send = (): Promise<Answer<{ id: string }>> =>
      service.attempt(place.contextId, request, batchMadeAnswer);
    let answer = await send();
    if (isLost(answer)) {
      const made = await this.#lookFor(place, ({ key }) => key === batch.key);
      if (made === 'unknown') return { kind: 'unknown' };
      if (made !== null) return this.#made(place, 'access.batch_made', made.id, batch.changes);
      answer = await send();
      if (isLost(answer)) return { kind: 'unknown' };
    }
    if (answer.kind === 'answered') {
      return this.#made(place, 'access.batch_made', answer.value.id, batch.changes);
    }
    if (answer.code === 'precondition_failed') return changedMeanwhile(answer.details);
    throw refusedChange(answer.details) ?? service.failure(answer, accessCodes);
  }

  /**
   * Takes a batch back, whole.
   *
   * @throws KeyholdError `batch_gone`, `repository_admin_needed`, or as `ServiceCalls.ask`.
   */
  async undo(place: AccessPlace, batchId: string): Promise<BatchOutcome> {
    const { service } = this.#deps;
    const path = `${batchesPath}/${encodeURIComponent(batchId)}/undo`;
    const request = { method: 'POST' as const, path, room: accessRoom, timeoutMs: accessTimeoutMs };
    const answer = await service.attempt(place.contextId, request, batchMadeAnswer);
    if (answer.kind === 'answered') return this.#made(place, 'access.batch_undone', answer.value.id);
    if (isLost(answer)) {
      const undone = await this.#lookFor(place, ({ id }) => id === batchId);
      const by = undone === 'unknown' ? null : (undone?.undone_by ?? null);
      return by === null ? { kind: 'unknown' } : this.#made(place, 'access.batch_undone', by);
    }
    if (answer.code === 'conflict') {
      // Cells that this version cannot read are in the way all the same.
      return namesCells(answer.details) ? changedMeanwhile(answer.details) : { kind: 'undone_already' };
    }
    throw service.failure(answer, { ...accessCodes, not_found: 'batch_gone' });
  }

  /** Looks for a batch after an answer got lost; `unknown` where the service does not say. */
  async #lookFor(
    place: AccessPlace,
    isMeant: (batch: BatchAnswer) => boolean,
  ): Promise<BatchAnswer | null | 'unknown'> {
    const { service } = this.#deps;
    const answer = await service.attempt(
      place.contextId,
      this.#listOf(place, searchedBatches),
      batchListAnswer,
    );
    if (answer.kind !== 'answered') return 'unknown';
    return answer.value.batches.find(isMeant) ?? null;
  }

  #listOf({ organization }: AccessPlace, limit: number) {
    const query = new URLSearchParams({ org: organization, limit: String(limit) });
    return { method: 'GET' as const, path: `${batchesPath}?${query.toString()}`, room: accessRoom };
  }

  #made(
    { contextId, organization }: AccessPlace,
    kind: 'access.batch_made' | 'access.batch_undone',
    batchId: string,
    changes: readonly AccessChangeRequest[] = [],
  ): BatchOutcome {
    const [first] = changes;
    const words = first === undefined ? batchId : this.#wordsOf(contextId, first, changes.length);
    noteDeed(this.#deps, kind, contextId, `${organization}: ${words}`);
    return { kind: 'done', batchId };
  }

  /** The first of some changes, and how many there are, as the log tells it. */
  #wordsOf(
    contextId: string,
    { principal, repository, actions }: AccessChangeRequest,
    count: number,
  ): string {
    const name = this.#deps.service.seen.nameOf(contextId, principal);
    const first = `${repository}, ${actions.join('+') || 'nothing'}: ${name}`;
    return count === 1 ? first : `${String(count)} changes, first ${first}`;
  }
}

/** The error that the first of the changes is which cannot be made; null where the service does not name it. */
function refusedChange(details: unknown): KeyholdError | null {
  const first = refusedChangesAnswer.safeParse(details).data?.refused[0]?.code;
  switch (first) {
    case 'principal_gone':
      return new KeyholdError('nobody_found');
    case 'repository_gone':
      return new KeyholdError('repository_gone');
    case 'admin_needed':
      return new KeyholdError('repository_admin_needed');
    case 'end_passed':
      return new KeyholdError('expiry_passed');
    case 'named_twice':
    case 'other':
    case undefined:
      return null;
  }
}

function namesCells(details: unknown): boolean {
  return typeof details === 'object' && details !== null && 'cells' in details;
}

function changedMeanwhile(details: unknown): Extract<BatchOutcome, { kind: 'changed_meanwhile' }> {
  const known = changedCellsAnswer.safeParse(details).data;
  return { kind: 'changed_meanwhile', cells: known === undefined ? [] : toChangedCells(known) };
}
