import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { AccessTemplate } from '../../../contracts/ipc/access-templates.ts';
import { fileProblemsMax, type GrantFileProblem } from '../../../contracts/ipc/access-files.ts';
import { sampleContext, timeFromNow } from '../samples.ts';
import { teamId } from '../samples-team.ts';
import { groupId, sampleUsersContext } from '../samples-users.ts';
import { sampleTemplate } from '../world-access-templates.ts';
import type { World } from '../world.ts';
import { longAccess, teamAccess } from './access-scenes.ts';

const day = 86_400;

const templates = (): AccessTemplate[] =>
  [
    sampleTemplate({
      lines: [
        { repositories: 'acme/*', actions: ['read'], days: null },
        { repositories: 'acme/mobile/*', actions: ['read', 'write'], days: null },
        { repositories: 'acme/web', actions: ['read', 'write', 'delete', 'admin'], days: 30 },
        { repositories: 'acme/firmware-*', actions: ['write'], days: 365 },
      ],
    }),
    sampleTemplate({
      name: 'Contractor',
      lines: [{ repositories: 'acme/web', actions: ['read', 'write'], days: 90 }],
      ...{ changedAt: timeFromNow(-40 * day), changedBy: 'priya' },
    }),
    sampleTemplate({
      name: 'Auditor',
      lines: [{ repositories: 'acme/*', actions: ['read'], days: 14 }],
      ...{ changedAt: timeFromNow(-3600), changedBy: null },
    }),
  ].map((template, index) => ({ ...template, id: `tpl_${'abc'.charAt(index).repeat(26)}` }));

const defaults = (): World['accessDefaults'] => ({
  grants: [
    { principal: `group:${groupId(2)}`, actions: ['read', 'write'] },
    { principal: `user:${teamId('u', 14)}`, actions: ['read'] },
    { principal: 'bot:acme/mirror', actions: ['write'] },
  ],
  changedAt: timeFromNow(-2 * day),
  changedBy: 'maya',
});

function withTemplates(facts: Partial<World> = {}): Partial<World> {
  return teamAccess({ accessTemplates: templates(), accessDefaults: defaults(), ...facts });
}

const longWord = 'verkehrsinfrastrukturplanungsdatenverarbeitung';

function longTemplates(): Partial<World> {
  const [first, second] = templates();
  if (first === undefined || second === undefined) return {};
  const lines = [1, 2, 3, 4].map((index) => ({
    repositories: `acme/${longWord}-${'abteilung-'.repeat(index * 4)}*`,
    actions: ['read' as const, 'delete' as const],
    days: 3650,
  }));
  return {
    ...longAccess(),
    accessTemplates: [
      { ...first, name: 'Sachbearbeitung in der Verkehrsinfrastrukturplanungsdaten', lines },
      { ...second, name: longWord.repeat(2).slice(0, 64), changedBy: `${longWord}-nordwest` },
    ],
    accessDefaults: {
      ...defaults(),
      grants: [1, 2, 3, 4].map((index) => ({
        ...{ principal: `user:${teamId('u', index)}`, actions: ['read', 'delete'] },
      })),
    },
  };
}

function problems(): GrantFileProblem[] {
  const codes = [
    ...(['unreadable', 'other_organization', 'nobody', 'no_repository'] as const),
    ...(['unknown_action', 'end_passed', 'named_twice'] as const),
  ];
  return Array.from({ length: fileProblemsMax }, (_, index) => ({
    at: index * 7 + 2,
    code: codes[index % codes.length] ?? 'unreadable',
    text:
      index % 5 === 4 ? `user:${longWord.repeat(4)}` : `acme/payments,user:nadia.${String(index)},read|push`,
  }));
}

function manyChanges(count: number): World['grantFile']['changes'] {
  return Array.from({ length: count }, (_, index) => ({
    ...{ principal: `user:${teamId('u', 1)}`, repository: `acme/r${String(index)}` },
    ...{ actions: ['read' as const], expiresAt: null },
  }));
}

function withCredentials(context: ContextSummary): Partial<World> {
  const { accessRepositories = [], accessPrincipals = [], accessGrants = [] } = teamAccess();
  return {
    ...{ accessRepositories, accessPrincipals, accessGrants },
    contexts: [{ ...context, capabilities: [...context.capabilities, 'access'] }],
    accessCredential: { holder: `user:${teamId('u', 9)}`, actions: ['read', 'write'] },
  };
}

/** What the main process knows in the pictures of templates, of files of grants and of what credentials can do. */
export const accessTemplatesScenes = {
  accessTemplates: () => withTemplates(),
  accessTemplatesNone: () =>
    withTemplates({
      accessTemplates: [],
      accessDefaults: { grants: [], changedAt: null, changedBy: null },
    }),
  accessTemplatesRead: () => withTemplates({ mayChangeTemplates: false }),
  accessTemplatesLong: longTemplates,
  accessTemplatesFail: () =>
    withTemplates({
      failures: {
        'accessTemplates.list': { code: 'server_unreachable' },
        'accessTemplates.defaults': { code: 'server_unreachable' },
      },
    }),
  accessTemplatesLoading: () =>
    withTemplates({ hanging: ['accessTemplates.list', 'accessTemplates.defaults'] }),
  accessTemplatesChanged: () =>
    withTemplates({
      failures: {
        'accessTemplates.save': { code: 'changed_by_others' },
        'accessTemplates.saveDefaults': { code: 'changed_by_others' },
      },
    }),
  accessImport: () => withTemplates(),
  accessImportProblems: () =>
    withTemplates({
      grantFile: {
        ...{ fileName: 'acme-grants-2026-12-01.csv', grants: 12_480, unchanged: 9999 },
        ...{ changes: manyChanges(2140), missing: manyChanges(41) },
        problems: { total: 341, first: problems() },
      },
    }),
  accessImportSame: () =>
    withTemplates({
      grantFile: {
        ...{ fileName: 'acme-grants.json', grants: 212, unchanged: 212, changes: [], missing: [] },
        problems: { total: 0, first: [] },
      },
    }),
  accessImportFails: () =>
    withTemplates({ failures: { 'accessFiles.compare': { code: 'grant_file_unreadable' } } }),
  apiKeyAccess: () => withCredentials(sampleContext()),
  apiTokenAccess: () => withCredentials(sampleUsersContext()),
} satisfies Readonly<Record<string, () => Partial<World>>>;
