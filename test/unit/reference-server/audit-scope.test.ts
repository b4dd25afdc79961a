import { beforeEach, describe, expect, it } from 'vitest';
import { decideAudit } from '../../../reference-server/access/decide.ts';
import { loadPrincipalFacts } from '../../../reference-server/access/facts.ts';
import { readAudit } from '../../../reference-server/audit/audit-reader.ts';
import { newTestContext } from '../../support/server-context.ts';
import type { TestContext } from '../../support/server-context.ts';
import { newAccount } from '../../../reference-server/identity/users.ts';

const orgs = ['acme', 'northwind'] as const;

/** Everybody's role in each organization; `root` administers the server. */
const people: Readonly<
  Record<string, Partial<Record<(typeof orgs)[number], 'viewer' | 'member' | 'admin' | 'owner'>>>
> = {
  root: {},
  ann: { acme: 'owner' },
  both: { acme: 'owner', northwind: 'owner' },
  nina: { northwind: 'owner' },
  adam: { acme: 'admin' },
  mia: { acme: 'member' },
  vic: { acme: 'viewer' },
  split: { acme: 'member', northwind: 'owner' },
  alone: {},
};

/** Each event by name: whose deed it is (null for nobody's), and in which organization. */
const events: Readonly<Record<string, { actor: string | null; org: string | null }>> = {
  'ann in acme': { actor: 'ann', org: 'acme' },
  'ann signs in': { actor: 'ann', org: null },
  'nina in northwind': { actor: 'nina', org: 'northwind' },
  'nina in acme': { actor: 'nina', org: 'acme' },
  'mia in northwind': { actor: 'mia', org: 'northwind' },
  'mia signs in': { actor: 'mia', org: null },
  'split in northwind': { actor: 'split', org: 'northwind' },
  'split signs in': { actor: 'split', org: null },
  'a bot of acme': { actor: 'bot', org: 'acme' },
  'a bot of northwind': { actor: 'bot', org: 'northwind' },
  'nobody in acme': { actor: null, org: 'acme' },
  'alone signs in': { actor: 'alone', org: null },
  'alone in acme': { actor: 'alone', org: 'acme' },
  'nobody signs in': { actor: null, org: null },
  'an organization that is gone': { actor: 'ann', org: 'gone' },
};

const acme = ['ann in acme', 'nina in acme', 'a bot of acme', 'nobody in acme', 'alone in acme'];
const northwind = ['nina in northwind', 'mia in northwind', 'split in northwind', 'a bot of northwind'];
const membersOfAcme = ['ann signs in', 'mia signs in', 'split signs in'];

/** Who sees what; null for those who may not read the log. */
const table: [string, string[] | null][] = [
  ['root', Object.keys(events)],
  ['ann', [...acme, ...membersOfAcme]],
  ['both', [...acme, ...membersOfAcme, ...northwind]],
  ['nina', [...northwind, 'split signs in']],
  ['split', [...northwind, 'split signs in']],
  ['adam', null],
  ['mia', null],
  ['vic', null],
  ['alone', null],
  ['bot', null],
];

let context: TestContext;
beforeEach(async () => {
  context = await newTestContext();
  const { db } = context;
  const created_at = context.now().toISOString();
  for (const slug of orgs) {
    await db
      .insertInto('organizations')
      .values({ id: slug, slug, display_name: slug, kind: 'team', created_at })
      .execute();
  }
  for (const [id, roles] of Object.entries(people)) {
    await db.insertInto('principals').values({ id, kind: 'user' }).execute();
    await db
      .insertInto('users')
      .values({
        id,
        username: id,
        email: `${id}@x.example`,
        display_name: id,
        ...newAccount,
        created_at,
        status: 'active',
        role: id === 'root' ? 'admin' : 'user',
      })
      .execute();
    for (const [org_id, role] of Object.entries(roles)) {
      await db.insertInto('memberships').values({ org_id, user_id: id, role, created_at }).execute();
    }
  }
  for (const [action, { actor, org }] of Object.entries(events)) {
    await context.write(actor === null ? {} : { id: actor, name: actor }, (_tx, audit) => {
      audit({ action, outcome: 'success', ...(org === null ? {} : { org }) });
    });
  }
});

describe('the audit log', () => {
  it.each(table)('shows %s exactly what it may', async (reader, expected) => {
    const kind = reader === 'bot' ? 'bot' : 'user';
    const scope = decideAudit(await loadPrincipalFacts(context, { kind, id: reader, name: reader }));
    const seen = scope && (await readAudit(context.db, scope, { limit: 500 }));
    expect(seen?.map(({ action }) => action).toSorted() ?? null).toEqual(expected?.toSorted() ?? null);
  });
});
