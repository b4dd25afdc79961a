import { KeyholdError } from '../../contracts/errors.ts';
import type { PreparedChange } from '../../contracts/ipc/access.ts';
import type { GrantFileProblem } from '../../contracts/ipc/access-files.ts';
import type { AccessTemplate } from '../../contracts/ipc/access-templates.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { RepositoryAction } from '../../contracts/server-api/repositories.ts';
import { timeFromNow } from './samples.ts';
import type { World } from './world.ts';

const day = 86_400;

/** What a service keeps of templates and defaults, and the file of grants that the user chooses. */
export interface TemplatesWorld {
  accessTemplates: AccessTemplate[];
  accessDefaults: {
    grants: { principal: string; actions: RepositoryAction[] }[];
    changedAt: string | null;
    changedBy: string | null;
  };
  /** Whether the user may change both. */
  mayChangeTemplates: boolean;
  grantFile: {
    fileName: string;
    grants: number;
    unchanged: number;
    changes: PreparedChange[];
    missing: PreparedChange[];
    problems: { total: number; first: GrantFileProblem[] };
  };
}

export function sampleTemplate(facts: Partial<AccessTemplate> = {}): AccessTemplate {
  return {
    id: `tpl_${'a'.repeat(26)}`,
    name: 'Release bot',
    lines: [
      { repositories: 'acme/*', actions: ['read'], days: null },
      { repositories: 'acme/w*', actions: ['read', 'write'], days: 30 },
    ],
    changedAt: timeFromNow(-3 * day),
    changedBy: 'maya',
    ...facts,
  };
}

/** A template, the platform group on new repositories, and a file with one change, one problem and one grant less. */
export function sampleTemplates(principals: { jonas: string; bot: string; group: string }): TemplatesWorld {
  const { jonas, bot, group } = principals;
  return {
    accessTemplates: [sampleTemplate()],
    accessDefaults: {
      grants: [{ principal: group, actions: ['read', 'write'] }],
      changedAt: timeFromNow(-2 * day),
      changedBy: 'maya',
    },
    mayChangeTemplates: true,
    grantFile: {
      ...{ fileName: 'acme-grants.csv', grants: 4, unchanged: 2 },
      changes: [{ principal: jonas, repository: 'acme/api', actions: ['read', 'write'], expiresAt: null }],
      missing: [{ principal: bot, repository: 'acme/web', actions: [], expiresAt: null }],
      problems: { total: 1, first: [{ at: 3, code: 'nobody', text: 'user:nadia' }] },
    },
  };
}

export function templatesHandlers(world: World): IpcHandlers['accessTemplates'] {
  const assertChangeable = (): void => {
    if (!world.mayChangeTemplates) throw new KeyholdError('repository_admin_needed');
  };
  const stamp = () => ({ changedAt: timeFromNow(0), changedBy: 'maya' });
  return {
    list: () => ({ templates: world.accessTemplates, mayChange: world.mayChangeTemplates }),
    save: ({ name, lines, replaces }) => {
      assertChangeable();
      const others = world.accessTemplates.filter(({ id }) => id !== replaces?.id);
      if (others.some((each) => each.name === name)) throw new KeyholdError('template_name_taken');
      const before = world.accessTemplates.find(({ id }) => id === replaces?.id);
      if (replaces !== null && before === undefined) throw new KeyholdError('template_gone');
      if (before !== undefined && before.changedAt !== replaces?.changedAt)
        throw new KeyholdError('changed_by_others');
      const id = before?.id ?? `tpl_${'b'.repeat(24)}${String(world.accessTemplates.length + 10)}`;
      world.accessTemplates = [...others, { id, name, lines, ...stamp() }].sort((one, other) =>
        one.name < other.name ? -1 : 1,
      );
      return { templateId: id };
    },
    remove: ({ templateId }) => {
      assertChangeable();
      const left = world.accessTemplates.filter(({ id }) => id !== templateId);
      if (left.length === world.accessTemplates.length) throw new KeyholdError('template_gone');
      world.accessTemplates = left;
    },
    defaults: () => {
      const { grants, ...changed } = world.accessDefaults;
      return {
        ...changed,
        grants: grants.flatMap(({ principal: reference, actions }) => {
          const principal = world.accessPrincipals.find((each) => each.reference === reference);
          return principal === undefined ? [] : [{ principal, actions }];
        }),
        mayChange: world.mayChangeTemplates,
      };
    },
    saveDefaults: ({ replaces, grants }) => {
      assertChangeable();
      if (replaces !== world.accessDefaults.changedAt) throw new KeyholdError('changed_by_others');
      world.accessDefaults = { grants, ...stamp() };
    },
  };
}

export function filesHandlers(world: World): IpcHandlers['accessFiles'] {
  return {
    export: ({ organization, format }) =>
      world.savesAndPrints
        ? { fileName: `${organization}-grants.${format}`, grants: world.accessGrants.length }
        : null,
    compare: () => (world.savesAndPrints ? world.grantFile : null),
  };
}
