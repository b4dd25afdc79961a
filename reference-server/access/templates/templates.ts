import type { z } from 'zod';
import { templatesMax } from '../../../contracts/server-api/access/templates.ts';
import type {
  ChangeTemplate,
  CreateTemplate,
  Template,
  templateListSchema,
  TemplateLine,
} from '../../../contracts/server-api/access/templates.ts';
import type { Caller } from '../../auth/caller.ts';
import type { ServerContext } from '../../context.ts';
import type { AccessTemplateLineTable, AccessTemplateTable } from '../../db/access-schema.ts';
import { readActions, writeActions } from '../../db/grant-columns.ts';
import type { Actor, AuditEvent, Reader, Tx } from '../../db/write.ts';
import { ApiError, notFound } from '../../http/api-error.ts';
import { changeTime } from '../../identity/change-time.ts';
import { newId } from '../../identity/ids.ts';
import { isAllAdministered, requireAdministered, requireAllAdministered } from '../matrix/administered.ts';
import { namesOf } from '../matrix/explain.ts';
import { requireSeen } from './seen.ts';

/**
 * The templates of an organization, by name, for whoever administers something in it.
 *
 * @throws ApiError 403, 404 as `requireAdministered`
 */
export async function listTemplates(
  context: ServerContext,
  caller: Caller,
  slug: string,
): Promise<z.input<typeof templateListSchema>> {
  const org = await requireAdministered(context, caller, slug);
  const rows = await context.db
    .selectFrom('access_templates')
    .innerJoin('access_template_lines', 'access_template_lines.template_id', 'access_templates.id')
    .selectAll()
    .where('org_id', '=', org.id)
    .orderBy('name')
    .orderBy('place')
    .execute();
  const names = await namesOf(
    context,
    rows.map((row) => row.changed_by),
  );
  const linesOf = Map.groupBy(rows, ({ id }) => id);
  return {
    templates: [...linesOf.values()].flatMap(([row, ...more]) =>
      row === undefined ? [] : toTemplate(row, [row, ...more], names),
    ),
    may_change: await isAllAdministered(context, caller, slug),
  };
}

/**
 * Makes a template.
 *
 * @throws ApiError 400 for its lines; 403, 404 as `requireAllAdministered`; 409 for a name that is taken, and where there
 *   are as many as there may be
 */
export async function createTemplate(
  context: ServerContext,
  caller: Caller,
  { org: slug, name, lines }: CreateTemplate,
  actor: Actor,
): Promise<Template> {
  await requireAllAdministered(context, caller, slug);
  requireLines(slug, lines);
  return context.write(actor, async (tx, audit) => {
    const org = await requireAllAdministered({ ...context, db: tx }, caller, slug);
    await requireFreeName(tx, org, name, null);
    await requireRoom(tx, org);
    const row: AccessTemplateTable = {
      ...{ id: newId('tpl'), org_id: org.id, name },
      ...{ changed_at: context.now().toISOString(), changed_by: actor.id },
    };
    await tx.insertInto('access_templates').values(row).execute();
    const stored = await storeLines(tx, row.id, lines);
    audit(templateEvent('access-template.created', slug, row, { lines: lines.length }));
    return toTemplate(row, stored, new Map([[actor.id, actor.name]]));
  });
}

/**
 * Has a template say something else.
 *
 * @throws ApiError as `createTemplate`; 404 for the template; 409 where it was changed since the caller looked
 */
export async function changeTemplate(
  context: ServerContext,
  caller: Caller,
  id: string,
  { replaces, name, lines }: ChangeTemplate,
  actor: Actor,
): Promise<Template> {
  const { slug } = await requireOwnTemplate(context, caller, id);
  requireLines(slug, lines);
  return context.write(actor, async (tx, audit) => {
    const { row: before, org } = await requireOwnTemplate({ ...context, db: tx }, caller, id);
    requireSeen(`the template ${before.name}`, replaces, before.changed_at);
    await requireFreeName(tx, org, name, id);
    const change = {
      ...{ name, changed_at: changeTime(context.now(), before.changed_at), changed_by: actor.id },
    };
    await tx.updateTable('access_templates').set(change).where('id', '=', id).execute();
    await tx.deleteFrom('access_template_lines').where('template_id', '=', id).execute();
    const stored = await storeLines(tx, id, lines);
    const renamed = before.name === name ? {} : { from: before.name };
    const row = { ...before, ...change };
    audit(templateEvent('access-template.changed', slug, row, { lines: lines.length, ...renamed }));
    return toTemplate(row, stored, new Map([[actor.id, actor.name]]));
  });
}

/** Deletes a template. What was given by it stays. @throws ApiError 403, 404 */
export async function deleteTemplate(
  context: ServerContext,
  caller: Caller,
  id: string,
  actor: Actor,
): Promise<void> {
  await requireOwnTemplate(context, caller, id);
  await context.write(actor, async (tx, audit) => {
    const { row, slug } = await requireOwnTemplate({ ...context, db: tx }, caller, id);
    await tx.deleteFrom('access_templates').where('id', '=', id).execute();
    audit(templateEvent('access-template.deleted', slug, row, {}));
  });
}

/** A template of an organization all of which the caller administers. */
async function requireOwnTemplate(context: ServerContext, caller: Caller, id: string) {
  const found = await context.db
    .selectFrom('access_templates')
    .innerJoin('organizations', 'organizations.id', 'access_templates.org_id')
    .selectAll('access_templates')
    .select('organizations.slug')
    .where('access_templates.id', '=', id)
    .executeTakeFirst();
  const unknown = notFound(`The template ${id}`);
  if (found === undefined) throw unknown;
  const { slug, ...row } = found;
  try {
    return { row, slug, org: await requireAllAdministered(context, caller, slug) };
  } catch (error) {
    // Its words would name the organization.
    throw error instanceof ApiError && error.code === 'not_found' ? unknown : error;
  }
}

/** @throws ApiError 400 for patterns of other organizations, and for those that are named twice */
function requireLines(slug: string, lines: readonly TemplateLine[]): void {
  const seen = new Set<string>();
  const issues = lines.flatMap(({ repositories: pattern }, at) => {
    const fault = seen.has(pattern)
      ? `${pattern} is named twice`
      : pattern.startsWith(`${slug}/`)
        ? null
        : `${pattern} is not of ${slug}`;
    seen.add(pattern);
    return fault === null ? [] : [{ path: `lines.${at.toString()}.repositories`, message: fault }];
  });
  const [first] = issues;
  if (first === undefined) return;
  throw new ApiError('invalid_request', `${first.message}. Nothing was changed.`, { details: { issues } });
}

async function requireFreeName(
  tx: Reader,
  org: { id: string; slug: string },
  name: string,
  but: string | null,
): Promise<void> {
  const other = await tx
    .selectFrom('access_templates')
    .select('id')
    .where('org_id', '=', org.id)
    .where('name', '=', name)
    .executeTakeFirst();
  if (other === undefined || other.id === but) return;
  const words = `${org.slug} has a template named ${name} already. Choose another name.`;
  throw new ApiError('conflict', words, { details: { because: 'name_taken' } });
}

async function requireRoom(tx: Reader, org: { id: string; slug: string }): Promise<void> {
  const { count } = await tx
    .selectFrom('access_templates')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('org_id', '=', org.id)
    .executeTakeFirstOrThrow();
  if (count < templatesMax) return;
  const words = `${org.slug} has ${templatesMax.toString()} templates already, as many as there may be. Delete one first.`;
  throw new ApiError('conflict', words);
}

async function storeLines(
  tx: Tx,
  template_id: string,
  lines: readonly TemplateLine[],
): Promise<AccessTemplateLineTable[]> {
  const rows = lines.map(({ repositories, actions, days }, place) => ({
    ...{ template_id, place, repositories, actions: writeActions(actions), days },
  }));
  await tx.insertInto('access_template_lines').values(rows).execute();
  return rows;
}

function templateEvent(
  action: string,
  org: string,
  { id, name }: AccessTemplateTable,
  details: AuditEvent['details'],
): AuditEvent {
  return { action, outcome: 'success', target: name, org, details: { template: id, ...details } };
}

function toTemplate(
  row: AccessTemplateTable,
  lines: readonly AccessTemplateLineTable[],
  names: ReadonlyMap<string, string>,
): Template {
  return {
    ...{ id: row.id, name: row.name },
    lines: lines.map(({ repositories, actions, days }) => ({
      ...{ repositories, actions: readActions(actions), days },
    })),
    ...{ changed_at: row.changed_at, changed_by: names.get(row.changed_by) ?? null },
  };
}
