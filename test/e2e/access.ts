import type { BatchOutcome } from '../../contracts/ipc/access.ts';
import type { RepositoryAction } from '../../contracts/server-api/repositories.ts';
import type {} from '../../preload/index.ts';
import type { RunningApp } from './launch.ts';

/** Gives somebody a grant of their own in place of what there is, by the calls that the matrix makes. */
export async function giveAccess(
  { window: page }: RunningApp,
  to: { principal: string; repository: string; actions: RepositoryAction[] },
): Promise<BatchOutcome> {
  return page.evaluate(
    async ({ changes }) => {
      const { access, contexts } = window.keyhold;
      const current = await contexts.current();
      if (!current.ok || current.value === null) throw new Error('no current context');
      const place = { contextId: current.value.id, organization: 'acme' };
      const sole = { after: null, count: 1 };
      const seen = await access.cells({ ...place, principals: sole, repositories: sole });
      if (!seen.ok) throw new Error(seen.error.code);
      const { version } = seen.value;
      const made = await access.apply({ ...place, changes, version, key: crypto.randomUUID() });
      if (!made.ok) throw new Error(made.error.code);
      return made.value;
    },
    { changes: [{ ...to, expiresAt: null }] },
  );
}

/** Takes changes back. */
export async function undoAccess({ window: page }: RunningApp, outcome: BatchOutcome): Promise<BatchOutcome> {
  if (outcome.kind !== 'done') throw new Error(outcome.kind);
  return page.evaluate(async (batchId) => {
    const { access, contexts } = window.keyhold;
    const current = await contexts.current();
    if (!current.ok || current.value === null) throw new Error('no current context');
    const undone = await access.undo({ contextId: current.value.id, organization: 'acme', batchId });
    if (!undone.ok) throw new Error(undone.error.code);
    return undone.value;
  }, outcome.batchId);
}
