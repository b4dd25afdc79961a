import type {
  AccessEffectSummary,
  AccessPrincipalSummary,
  AccessReasonSummary,
  BatchSummary,
  CellsSummary,
  ChangedCell,
  ExplanationSummary,
  PreviewSummary,
} from '../../../contracts/ipc/access.ts';
import type {
  BatchAnswer,
  ChangedCellsAnswer,
  EffectAnswer,
  ExplanationAnswer,
  MatrixAnswer,
  PreviewAnswer,
  PrincipalAnswer,
  ReasonAnswer,
} from '../service/dialects/access.ts';

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

export function toCells({ version, principals, repositories, rows, ends }: MatrixAnswer): CellsSummary {
  const kept = principals.flatMap((principal, index) => (principal.kind === null ? [] : [index]));
  const at = new Map(kept.map((index, place) => [index, place]));
  return {
    version,
    principals: principals.filter(({ kind }) => kind !== null).map(({ reference }) => reference),
    repositories: repositories.map(({ name }) => name),
    rows: rows.filter((_, index) => at.has(index)),
    ends: ends.flatMap(({ row, ...end }) => {
      const place = at.get(row);
      return place === undefined ? [] : [{ ...end, row: place }];
    }),
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

export function toBatch(batch: BatchAnswer): BatchSummary {
  const { id, made_at: madeAt, made_by: madeBy, changes, samples, undoes, undone_by: undoneBy } = batch;
  return {
    ...{ id, madeAt, madeBy: madeBy.name, changes, samples },
    isUndo: undoes !== null,
    isUndone: undoneBy !== null,
  };
}
