import { beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { verifyAudit } from '../../../reference-server/audit/audit-log.ts';
import type { Tx } from '../../../reference-server/db/write.ts';
import { newTestContext } from '../../support/server-context.ts';
import type { TestContext } from '../../support/server-context.ts';

let context: TestContext;
beforeEach(async () => {
  context = await newTestContext();
  for (let index = 1; index <= 5; index += 1) {
    await context.write({}, (_tx, audit) => {
      audit({
        action: 'test.event',
        outcome: 'success',
        target: `target ${String(index)}`,
        details: { index },
      });
    });
  }
});

describe('the audit chain', () => {
  it('verifies when nothing was touched, and names its head', async () => {
    const head = await context.db
      .selectFrom('audit_events')
      .select(['seq', 'hash'])
      .where('seq', '=', 5)
      .executeTakeFirst();
    expect(await verifyAudit(context.db)).toEqual({ valid: true, checked: 5, head });
  });

  it('verifies when it is empty', async () => {
    const { db } = await newTestContext();
    expect(await verifyAudit(db)).toEqual({ valid: true, checked: 0, head: null });
  });

  it('is written by its writer alone: no change can name its table', () => {
    type Changed = Parameters<Tx['insertInto' | 'updateTable' | 'deleteFrom']>[0];
    expectTypeOf<Extract<Changed, 'audit_events' | 'changes'>>().toBeNever();
    expectTypeOf<Extract<Changed, 'users'>>().toEqualTypeOf<'users'>();
  });

  it('stays in order when many events come at once', async () => {
    const many = Array.from({ length: 50 }, () =>
      context.write({}, (_tx, audit) => {
        audit({ action: 'test.burst', outcome: 'success' });
        audit({ action: 'test.burst', outcome: 'failure' });
      }),
    );
    await Promise.all(many);
    expect(await verifyAudit(context.db)).toMatchObject({ valid: true, checked: 105 });
  });

  it.each([
    ['action', 'other.event'],
    ['outcome', 'failure'],
    ['target', 'target 4'],
    ['at', '2020-01-01T00:00:00.000Z'],
    ['actor_id', 'u_somebodyelse'],
    ['details', '{"index":33}'],
    ['hash', 'f'.repeat(64)],
  ] as const)('breaks at the row whose %s was changed', async (column, value) => {
    await context.db
      .updateTable('audit_events')
      .set({ [column]: value })
      .where('seq', '=', 3)
      .execute();
    expect(await verifyAudit(context.db)).toMatchObject({ valid: false, checked: 2, brokenAt: 3 });
  });

  it('breaks where a row was taken out', async () => {
    await context.db.deleteFrom('audit_events').where('seq', '=', 3).execute();
    expect(await verifyAudit(context.db)).toMatchObject({
      valid: false,
      brokenAt: 4,
      reason: 'Event 3 is missing: 4 comes after 2.',
    });
  });

  it('breaks where two rows were swapped', async () => {
    const set = (from: number, to: number) =>
      context.db.updateTable('audit_events').set({ seq: to }).where('seq', '=', from).execute();
    await set(2, 99);
    await set(3, 2);
    await set(99, 3);
    expect(await verifyAudit(context.db)).toMatchObject({ valid: false, brokenAt: 2 });
  });

  it('is written in the same transaction as what it tells about', async () => {
    const failing = context.write({}, (_tx, audit) => {
      audit({ action: 'test.undone', outcome: 'success' });
      throw new Error('undo');
    });
    await expect(failing).rejects.toThrow('undo');
    expect(await verifyAudit(context.db)).toMatchObject({ valid: true, checked: 5 });
  });
});
