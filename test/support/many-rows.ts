import { randomUUID } from 'node:crypto';
import type { Tx } from '../../reference-server/db/write.ts';

const at = '2026-01-01T00:00:00.000Z';

/** An id of that kind with a number in it, of the form that ids have. */
export function numberedId(prefix: string, number: number): string {
  const digits = String(number).replaceAll(/\d/g, (digit) => 'abcdefghij'.charAt(Number(digit)));
  return `${prefix}_${digits.padStart(26, 'a')}`;
}

/** Inserts many rows, some at a time: a statement takes only so many values. */
async function insert<Row>(
  count: number,
  row: (index: number) => Row,
  put: (rows: Row[]) => Promise<unknown>,
) {
  const rows = Array.from({ length: count }, (_, index) => row(index));
  for (let begin = 0; begin < count; begin += 500) await put(rows.slice(begin, begin + 500));
}

/**
 * Fills an organization with so many members, open invitations, projects, branches of the first project and API keys, lets
 * one user belong to so many organizations, and so many accounts wait.
 */
export async function fillOrganization(
  tx: Tx,
  { orgId, userId }: { orgId: string; userId: string },
  count: number,
): Promise<void> {
  await insert(
    2 * count,
    (index) => ({ id: numberedId('u', index), kind: 'user' as const }),
    (rows) => tx.insertInto('principals').values(rows).execute(),
  );
  await insert(
    2 * count,
    (index) => ({
      id: numberedId('u', index),
      username: `many-${String(index)}`,
      email: `many-${String(index)}@people.example`,
      display_name: 'n'.repeat(60),
      status: index < count ? ('active' as const) : ('pending' as const),
      role: 'user' as const,
      password_hash: null,
      created_at: at,
    }),
    (rows) => tx.insertInto('users').values(rows).execute(),
  );
  await insert(
    count,
    (index) => ({ org_id: orgId, user_id: numberedId('u', index), role: 'viewer' as const, created_at: at }),
    (rows) => tx.insertInto('memberships').values(rows).execute(),
  );
  await insert(
    count,
    (index) => ({
      id: numberedId('inv', index),
      org_id: orgId,
      email: `invited-${String(index)}@people.example`,
      role: 'member' as const,
      token_hash: randomUUID(),
      invited_by: userId,
      created_at: at,
      expires_at: '2100-01-01T00:00:00.000Z',
      ended_at: null,
      ended_as: null,
    }),
    (rows) => tx.insertInto('invitations').values(rows).execute(),
  );
  await insert(
    count,
    (index) => ({
      id: numberedId('o', index),
      slug: `many-${String(index)}`,
      display_name: 'Many',
      kind: 'team' as const,
      created_at: at,
    }),
    (rows) => tx.insertInto('organizations').values(rows).execute(),
  );
  await insert(
    count,
    (index) => ({ org_id: numberedId('o', index), user_id: userId, role: 'viewer' as const, created_at: at }),
    (rows) => tx.insertInto('memberships').values(rows).execute(),
  );
  await fillProjects(tx, { orgId, userId }, count);
}

async function fillProjects(
  tx: Tx,
  { orgId, userId }: { orgId: string; userId: string },
  count: number,
): Promise<void> {
  await insert(
    count,
    (index) => ({
      id: numberedId('prj', index),
      org_id: orgId,
      name: `many-${String(index)}`,
      created_by: userId,
      created_at: at,
    }),
    (rows) => tx.insertInto('projects').values(rows).execute(),
  );
  const main = { name: 'main', is_default: 1 as const, created_at: at };
  await insert(
    count,
    (index) => ({ ...main, id: numberedId('br', index), project_id: numberedId('prj', index) }),
    (rows) => tx.insertInto('branches').values(rows).execute(),
  );
  await insert(
    count,
    (index) => ({
      id: numberedId('br', count + index),
      project_id: numberedId('prj', 0),
      name: `many-${String(index)}`,
      is_default: 0 as const,
      created_at: at,
    }),
    (rows) => tx.insertInto('branches').values(rows).execute(),
  );
  await insert(
    count,
    (index) => ({
      id: numberedId('key', index),
      org_id: orgId,
      user_id: userId,
      name: 'n'.repeat(60),
      secret_hash: randomUUID(),
      prefix: 'nsk_aaaa',
      scope_kind: 'project' as const,
      capability: 'read' as const,
      created_via: null,
      created_at: at,
      expires_at: null,
      revoked_at: null,
      last_used_at: null,
      last_used_address: null,
      last_used_program: null,
    }),
    (rows) => tx.insertInto('api_keys').values(rows).execute(),
  );
  await insert(
    count,
    (index) => ({ key_id: numberedId('key', index), target_id: numberedId('prj', 0) }),
    (rows) => tx.insertInto('api_key_scopes').values(rows).execute(),
  );
}
