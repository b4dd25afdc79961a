import type {
  AccessEffectSummary,
  AccessPrincipalSummary,
  AccessReasonSummary,
  BatchSummary,
  CellsSummary,
  ChangedCell,
  ExplanationSummary,
  PreparedChange,
  PreviewSummary,
} from '../../../contracts/ipc/access.ts';
import type { OwnAccessRequest, WaitingAccessRequest } from '../../../contracts/ipc/access-requests.ts';
import type {
  BatchAnswer,
  ChangeAnswer,
  ChangedCellsAnswer,
  EffectAnswer,
  ExplanationAnswer,
  MatrixAnswer,
  PreviewAnswer,
  PrincipalAnswer,
  ReasonAnswer,
} from '../service/dialects/access.ts';
import type { RequestAnswer, WaitingAnswer } from '../service/dialects/access-requests.ts';

/*
 * From the words of a service to those of the window. What is about somebody of a kind that this version does not know is
 * left out.
 */

export function toPrincipal({ kind, groups, ...principal }: PrincipalAnswer): AccessPrincipalSummary | null {
  return kind === null ? null : { ...principal, kind, groups: groups.map((id) => `group:${id}`) };
}

function toReason(reason: ReasonAnswer): AccessReasonSummary {
  switch (reason.kind) {
    case 'grant':
    case 'deny': {
      const { kind, group, actions, given_by: givenBy, given_at: givenAt, until } = reason;
      return { kind, group: group?.name ?? null, actions, givenBy, givenAt, until };
    }
    case 'role':
      return reason.role === null ? { kind: 'other' } : { ...reason, role: reason.role };
    case 'inactive':
    case 'administrator':
    case 'public':
    case 'viewer':
    case 'limit':
    case 'other':
      return { kind: reason.kind };
  }
}

export function toExplanation({
  principal,
  repository,
  actions,
  because,
}: ExplanationAnswer): ExplanationSummary | null {
  const known = toPrincipal(principal);
  if (known === null) return null;
  return {
    ...{ principal: known, repository, actions },
    because: because.map(({ by, ...rest }) => ({ ...rest, by: by.map(toReason) })),
  };
}

export function toCells({ version, principals, repositories, rows, ends, used }: MatrixAnswer): CellsSummary {
  const kept = principals.flatMap((principal, index) => (principal.kind === null ? [] : [index]));
  const at = new Map(kept.map((index, place) => [index, place]));
  const ofKept = <Told extends { row: number }>(told: readonly Told[]): Told[] =>
    told.flatMap((each) => {
      const row = at.get(each.row);
      return row === undefined ? [] : [{ ...each, row }];
    });
  return {
    version,
    principals: principals.filter(({ kind }) => kind !== null).map(({ reference }) => reference),
    repositories: repositories.map(({ name }) => name),
    rows: rows.filter((_, index) => at.has(index)),
    ends: ofKept(ends),
    ...(used === undefined ? {} : { used: ofKept(used) }),
  };
}

function toEffects(effects: readonly EffectAnswer[]): AccessEffectSummary[] {
  return effects.flatMap(({ principal, by, ...effect }) => {
    const known = toPrincipal(principal);
    return known === null ? [] : [{ ...effect, principal: known, by: by.map(toReason) }];
  });
}

export function toPreview(preview: PreviewAnswer): PreviewSummary {
  const { gains, loses, total, refused, own_admin_lost: ownAdminLost } = preview;
  return {
    ...{ gains: toEffects(gains), loses: toEffects(loses), total, ownAdminLost },
    refused: refused.map(({ index, code }) => ({ index, code })),
  };
}

export function toChangedCells({ cells }: ChangedCellsAnswer): ChangedCell[] {
  return cells.flatMap(({ principal, changed_by: changedBy, changed_at: changedAt, ...cell }) => {
    const known = toPrincipal(principal);
    return known === null ? [] : [{ ...cell, principal: known, changedBy, changedAt }];
  });
}

/** None of a state that this version does not know. */
export function toOwnRequest({ asked_at: askedAt, state, ...request }: RequestAnswer): OwnAccessRequest[] {
  const { id, repository, actions, until, reason, decided } = request;
  return state === null ? [] : [{ id, repository, actions, until, reason, askedAt, state, decided }];
}

export function toWaitingRequest({ asked_at: askedAt, ...request }: WaitingAnswer): WaitingAccessRequest {
  const { id, repository, actions, until, reason, by, change, replaces } = request;
  // A service leaves an end out that has come.
  const isOver = until !== null && change?.expires_at === undefined;
  return {
    ...{ id, repository, actions, until, reason, askedAt, by, replaces },
    change: change === null || isOver ? null : toPrepared(change),
  };
}

/** A change as it goes to the pending ones of the matrix. */
export function toPrepared({ expires_at: expiresAt, ...change }: ChangeAnswer): PreparedChange {
  return { ...change, expiresAt: expiresAt ?? null };
}

export function toBatch(batch: BatchAnswer): BatchSummary {
  const { id, made_at: madeAt, made_by: madeBy, changes, samples, undoes, undone_by: undoneBy } = batch;
  return {
    ...{ id, madeAt, madeBy: madeBy.name, changes, samples },
    isUndo: undoes !== null,
    isUndone: undoneBy !== null,
  };
}
