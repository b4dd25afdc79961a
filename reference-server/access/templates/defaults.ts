import type { AccessDefaults, SetDefaults } from '../../../contracts/server-api/access/templates.ts';
import type { Caller } from '../../auth/caller.ts';
import type { ServerContext } from '../../context.ts';
import { readActions, writeActions } from '../../db/grant-columns.ts';
import type { Actor, Audit, Reader } from '../../db/write.ts';
import { ApiError, notFound } from '../../http/api-error.ts';
import { changeTime } from '../../identity/change-time.ts';
import { findPrincipals, findSubjects, isAddress, toAccessPrincipal } from '../matrix/access-principals.ts';
import type { NamedSubject } from '../matrix/access-principals.ts';
import { isAllAdministered, requireAdministered, requireAllAdministered } from '../matrix/administered.ts';
import type { AdministeredOrganization } from '../matrix/administered.ts';
import { namesOf } from '../matrix/explain.ts';
import { compareSubjects, shownOf } from '../matrix/listed-principals.ts';
import { loadSetFacts } from '../matrix/set-facts.ts';
import { askerOf } from '../repository-access.ts';
import { requireScope } from '../require-right.ts';
import { countUnknownAddresses } from '../unknown-addresses.ts';
import { requireSeen } from './seen.ts';

/**
 * What the new repositories of an organization begin with. Who may not change it is shown those whom the matrix shows them.
 *
 * @throws ApiError 403, 404 as `requireAdministered`
 */
export async function readDefaults(
  context: ServerContext,
  caller: Caller,
  slug: string,
): Promise<AccessDefaults> {
  const org = await requireAdministered(context, caller, slug);
  const { grants, changed } = await loadDefaults(context.db, org.id);
  const mayChange = org.known.has(slug) && (await isAllAdministered(context, caller, slug));
  const all = await findSubjects(context.db, slug, [...grants.keys()]);
  const shown = mayChange ? all : await shownOf(context, org, askerOf(caller), [...all.keys()]);
  const subjects = [...all.values()].filter(({ id }) => shown.has(id)).toSorted(compareSubjects);
  const facts = await loadSetFacts(context, org, subjects, []);
  const names = await namesOf(context, changed === null ? [] : [changed.by]);
  return {
    grants: subjects.map((subject) => ({
      principal: toAccessPrincipal(subject, facts),
      actions: readActions(grants.get(subject.id) ?? ''),
    })),
    changed_at: changed?.at ?? null,
    changed_by: names.get(changed?.by ?? '') ?? null,
    may_change: mayChange,
  };
}

/**
 * Says what the new repositories of an organization begin with, in place of all that was said before. What is there already
 * stays as it is.
 *
 * @throws ApiError 403, 404 for the organization; 400 for who is named twice; 404 for whom nothing can be given to; 409
 *   where it was changed since the caller looked; 429 as `countUnknownAddresses`
 */
export async function setDefaults(
  context: ServerContext,
  caller: Caller,
  { org: slug, replaces, grants: asked }: SetDefaults,
  actor: Actor,
): Promise<AccessDefaults> {
  await requireMayChange(context, caller, slug);
  await context.write(actor, async (tx, audit) => {
    const org = await requireMayChange({ ...context, db: tx }, caller, slug);
    const before = await loadDefaults(tx, org.id);
    requireSeen(`what new repositories of ${slug} begin with`, replaces, before.changed?.at ?? null);
    const subjects = await requirePrincipals({ ...context, db: tx }, actor, slug, asked);
    const after = new Map(asked.map(({ actions }, at) => [subjects[at]?.id ?? '', writeActions(actions)]));
    if (!auditChanges(audit, slug, before.grants, after)) return;
    const change = {
      changed_at: changeTime(context.now(), before.changed?.at ?? null),
      changed_by: actor.id,
    };
    await tx
      .insertInto('access_defaults')
      .values({ org_id: org.id, ...change })
      .onConflict((conflict) => conflict.column('org_id').doUpdateSet(change))
      .execute();
    await tx.deleteFrom('access_default_grants').where('org_id', '=', org.id).execute();
    const rows = [...after].map(([principal_id, actions]) => ({ org_id: org.id, principal_id, actions }));
    if (rows.length > 0) await tx.insertInto('access_default_grants').values(rows).execute();
  });
  return readDefaults(context, caller, slug);
}

/** Whoever changes all of it, must be shown all of it. */
async function requireMayChange(
  context: ServerContext,
  caller: Caller,
  slug: string,
): Promise<AdministeredOrganization> {
  const org = await requireAllAdministered(context, caller, slug);
  requireScope(caller, 'read:users');
  return org;
}

interface KnownDefaults {
  /** Stored actions by the principal's id. */
  grants: Map<string, string>;
  /** Who changed it last, and when. */
  changed: { by: string; at: string } | null;
}

async function loadDefaults(db: Reader, orgId: string): Promise<KnownDefaults> {
  const rows = await db
    .selectFrom('access_defaults')
    .leftJoin('access_default_grants', 'access_default_grants.org_id', 'access_defaults.org_id')
    .select(['changed_at', 'changed_by', 'principal_id', 'actions'])
    .where('access_defaults.org_id', '=', orgId)
    .execute();
  const [first] = rows;
  return {
    // Where nobody is named, the one row names nobody.
    grants: new Map(
      rows.flatMap(({ principal_id: id, actions }) =>
        id === null || actions === null ? [] : [[id, actions]],
      ),
    ),
    changed: first === undefined ? null : { by: first.changed_by, at: first.changed_at },
  };
}

/** Those who are named, in their order. @throws ApiError 400, 404, 429 as `countUnknownAddresses` */
async function requirePrincipals(
  context: ServerContext,
  actor: Actor,
  slug: string,
  asked: SetDefaults['grants'],
): Promise<NamedSubject[]> {
  const references = asked.map(({ principal }) => principal);
  const found = await findPrincipals(context.db, slug, references);
  countUnknownAddresses(context, actor.id, references.filter(isAddress), (address) => found.has(address));
  const subjects: NamedSubject[] = [];
  for (const [at, { principal }] of asked.entries()) {
    const subject = found.get(principal);
    if (subject === undefined) throw notFound(`Whom ${principal} names`, 'principal_gone');
    if (subjects.some(({ id }) => id === subject.id)) {
      const message = `${principal} is named twice`;
      const details = { issues: [{ path: `grants.${at.toString()}.principal`, message }] };
      throw new ApiError('invalid_request', `${message}. Nothing was changed.`, { details });
    }
    subjects.push(subject);
  }
  return subjects;
}

/** @returns Whether anything changes */
function auditChanges(
  audit: Audit,
  slug: string,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): boolean {
  const events = [...new Set([...before.keys(), ...after.keys()])].flatMap((principal) => {
    const [old, now] = [before.get(principal), after.get(principal)];
    if (old === now) return [];
    const action = now === undefined ? 'access-default.removed' : 'access-default.set';
    return [{ action, details: { principal, actions: now ?? old ?? '' } }];
  });
  for (const event of events) audit({ ...event, outcome: 'success', target: slug, org: slug });
  return events.length > 0;
}
