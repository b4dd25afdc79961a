import type {
  AccessChangeRequest,
  AccessEntry,
  AccessPrincipalSummary,
  AccessReasonSummary,
  BatchOutcome,
  BatchSummary,
  ChangedCell,
  ExplanationSummary,
  PreviewSummary,
} from '../../contracts/ipc/access.ts';
import { KeyholdError } from '../../contracts/errors.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import { accessBits, accessVia } from '../../contracts/server-api/access/matrix.ts';
import { repositoryActionSchema, type RepositoryAction } from '../../contracts/server-api/repositories.ts';
import { timeFromNow } from './samples.ts';
import { teamId } from './samples-team.ts';
import { groupId } from './samples-users.ts';
import type { World } from './world.ts';

const day = 86_400;
const everything = repositoryActionSchema.options;

/** A grant of a principal's own. */
export interface DirectGrant {
  principal: string;
  repository: string;
  actions: RepositoryAction[];
  expiresAt: string | null;
}

/** What a service knows of who may do what. */
export interface AccessWorld {
  accessOrganizations: { slug: string; name: string }[];
  accessPrincipals: AccessPrincipalSummary[];
  accessRepositories: { name: string; public: boolean }[];
  accessWhole: boolean;
  accessGrants: DirectGrant[];
  /** What people and bots used; null where the service does not tell it. */
  accessUsed:
    { principal: string; repository: string; pulled: string | null; pushed: string | null }[] | null;
  /** Where a rule denies deleting and administering. */
  accessDenied: { principal: string; repository: string }[];
  /** Why the first of previewed changes are refused. */
  accessRefused: PreviewSummary['refused'][number]['code'][];
  /** What a preview says that the user could no longer administer. */
  accessOwnAdminLost: string[];
  /** What somebody else has changed when changes are applied or undone the next time. */
  accessChanged: ChangedCell[];
  /** What becomes of the next changes, where that is not that they are made. */
  accessOutcome: BatchOutcome | null;
  accessBatches: BatchSummary[];
  accessVersion: number;
}

export function samplePrincipal(facts: Partial<AccessPrincipalSummary> = {}): AccessPrincipalSummary {
  const name = facts.name ?? 'jonas';
  return {
    reference: `user:${teamId('u', 2)}`,
    kind: 'user',
    name,
    email: (facts.kind ?? 'user') === 'user' ? `${name}@acme.example` : null,
    role: null,
    active: true,
    groups: [],
    ...facts,
  };
}

const platform = `group:${groupId(3)}`;

/** A group, four people and a bot by the repositories of one organization. */
export function sampleAccess(): AccessWorld {
  const [jonas, bot] = [`user:${teamId('u', 2)}`, 'bot:acme/release'];
  return {
    accessOrganizations: [{ slug: 'acme', name: 'Acme Industries' }],
    accessPrincipals: [
      samplePrincipal({ reference: platform, kind: 'group', name: 'platform' }),
      samplePrincipal({ role: 'member', groups: [platform] }),
      samplePrincipal({ reference: `user:${teamId('u', 1)}`, name: 'maya', role: 'owner' }),
      samplePrincipal({ reference: `user:${teamId('u', 5)}`, name: 'omar', active: false }),
      samplePrincipal({ reference: `user:${teamId('u', 3)}`, name: 'sofia' }),
      samplePrincipal({ reference: bot, kind: 'bot', name: 'acme/release' }),
    ],
    accessRepositories: ['acme/api', 'acme/base', 'acme/web'].map((name) => ({
      ...{ name, public: name === 'acme/base' },
    })),
    accessWhole: true,
    accessGrants: [
      { principal: platform, repository: 'acme/api', actions: ['read', 'write'], expiresAt: null },
      { principal: jonas, repository: 'acme/web', actions: ['read'], expiresAt: timeFromNow(20 * day) },
      { principal: bot, repository: 'acme/web', actions: ['read', 'write'], expiresAt: null },
    ],
    accessUsed: [
      { principal: jonas, repository: 'acme/api', pulled: timeFromNow(-3 * day), pushed: null },
      { principal: bot, repository: 'acme/web', pulled: null, pushed: timeFromNow(-2 * day) },
    ],
    accessDenied: [],
    accessRefused: [],
    accessOwnAdminLost: [],
    accessChanged: [],
    accessOutcome: null,
    accessBatches: [],
    accessVersion: 1,
  };
}

const bitsOf = (actions: readonly RepositoryAction[]): number =>
  actions.reduce((sum, action) => sum | accessBits[action], 0);
const hex = (number: number): string => number.toString(16);
const known = (actions: ReadonlySet<RepositoryAction>): RepositoryAction[] =>
  everything.filter((action) => actions.has(action) || actions.has('admin'));

/** What decides about one principal on one repository. */
export function factsOf(world: AccessWorld, principal: AccessPrincipalSummary, repository: string) {
  const on = world.accessGrants.filter((grant) => grant.repository === repository);
  const own = on.find((grant) => grant.principal === principal.reference);
  const byGroup = on.filter((grant) => principal.groups.includes(grant.principal));
  const isPublic = world.accessRepositories.some((each) => each.name === repository && each.public);
  const rules = principal.role === 'owner' || principal.role === 'admin';
  const given = [...(own === undefined ? [] : [own]), ...byGroup];
  const actions = new Set<RepositoryAction>(given.flatMap((grant) => grant.actions));
  if (isPublic) actions.add('read');
  if (rules) actions.add('admin');
  const isDenied = world.accessDenied.some(
    (rule) => rule.principal === principal.reference && rule.repository === repository,
  );
  const left = known(actions).filter((action) => !isDenied || action === 'read' || action === 'write');
  return { own, byGroup, isPublic, rules, isDenied, actions: principal.active ? left : [] };
}

function reasonsFor(
  world: AccessWorld,
  principal: AccessPrincipalSummary,
  { repository, action }: { repository: string; action: RepositoryAction },
): AccessReasonSummary[] {
  if (!principal.active) return [{ kind: 'inactive' }];
  const { own, byGroup, isPublic, rules } = factsOf(world, principal, repository);
  const granted = [...byGroup, ...(own === undefined ? [] : [own])].filter(({ actions }) =>
    [action, 'admin' as const].some((each) => actions.includes(each)),
  );
  return [
    ...(rules && principal.role !== null && principal.role !== 'other'
      ? [{ kind: 'role' as const, org: repository.split('/')[0] ?? '', role: principal.role }]
      : []),
    ...granted.map((grant) => ({
      ...{ kind: 'grant' as const, actions: grant.actions, givenBy: 'maya', until: grant.expiresAt },
      group:
        world.accessPrincipals.find(
          ({ reference, kind }) => kind === 'group' && reference === grant.principal && grant !== own,
        )?.name ?? null,
      givenAt: timeFromNow(-30 * day),
    })),
    ...(isPublic && action === 'read' ? [{ kind: 'public' as const }] : []),
  ];
}

export function explanationOf(
  world: AccessWorld,
  principal: AccessPrincipalSummary,
  repository: string,
): ExplanationSummary {
  const { actions, own } = factsOf(world, principal, repository);
  return {
    ...{ principal, repository, actions },
    because: everything.map((action) => {
      const allowed = actions.includes(action);
      const by = reasonsFor(world, principal, { repository, action });
      const until = allowed && by.length === 1 && by[0]?.kind === 'grant' ? (own?.expiresAt ?? null) : null;
      return { action, allowed, by: allowed || !principal.active ? by : [], until };
    }),
  };
}

/** What lists say of somebody on a repository; null where there is nothing to say. */
function entryOf(
  world: AccessWorld,
  principal: AccessPrincipalSummary,
  repository: string,
): AccessEntry | null {
  const { own, byGroup, isPublic, rules, actions } = factsOf(world, principal, repository);
  if (actions.length === 0 && own === undefined) return null;
  const via = [
    ...(rules ? ['role' as const] : []),
    ...(byGroup.length > 0 ? ['group' as const] : []),
    ...(isPublic ? ['public' as const] : []),
  ];
  const until = via.length === 0 ? (own?.expiresAt ?? null) : null;
  return { actions, direct: own?.actions ?? [], via, until };
}

function withChanges(grants: readonly DirectGrant[], changes: readonly AccessChangeRequest[]): DirectGrant[] {
  const isChanged = (grant: DirectGrant): boolean =>
    changes.some(
      ({ principal, repository }) => principal === grant.principal && repository === grant.repository,
    );
  const given = changes.filter(({ actions }) => actions.length > 0);
  return [...grants.filter((grant) => !isChanged(grant)), ...given];
}

function effectsOf(world: AccessWorld, changes: readonly AccessChangeRequest[]) {
  const after = { ...world, accessGrants: withChanges(world.accessGrants, changes) };
  const effects = world.accessPrincipals.flatMap((principal) =>
    world.accessRepositories.map(({ name: repository }) => ({
      ...{ principal, repository },
      before: factsOf(world, principal, repository).actions,
      after: factsOf(after, principal, repository).actions,
      by: reasonsFor(after, principal, { repository, action: 'read' }),
      until: null,
    })),
  );
  const only = (more: 'before' | 'after', less: 'before' | 'after') =>
    effects.flatMap((effect) => {
      const actions = effect[more].filter((action) => !effect[less].includes(action));
      return actions.length === 0 ? [] : [{ ...effect, actions }];
    });
  return { gains: only('after', 'before'), loses: only('before', 'after') };
}

/** What was used in a part of the matrix. */
function usesOf(
  used: NonNullable<AccessWorld['accessUsed']>,
  people: readonly AccessPrincipalSummary[],
  repositories: readonly string[],
) {
  return used.flatMap(({ principal, repository, pulled, pushed }) => {
    const row = people.findIndex(({ reference }) => reference === principal);
    const column = repositories.indexOf(repository);
    return row === -1 || column === -1 ? [] : [{ row, column, pulled, pushed }];
  });
}

function indexAfter(list: readonly string[], after: string | null): number {
  return after === null ? 0 : list.indexOf(after) + 1;
}

/** Access in a world: a small service that decides by roles, groups, grants and what is public. */
export function accessHandlers(
  world: World,
): Omit<IpcHandlers['access'], 'credentialCan' | 'explainCredential'> {
  const undoOf = new Map<string, DirectGrant[]>();
  const make = (changes: readonly AccessChangeRequest[], isUndo: boolean, before = world.accessGrants) => {
    const id = `bat_${'a'.repeat(25)}${String.fromCharCode(97 + world.accessBatches.length)}`;
    const samples = changes.slice(0, 3).map(({ principal, repository, actions }) => ({
      ...{ principal, repository, after: actions },
      before:
        before.find((each) => each.principal === principal && each.repository === repository)?.actions ?? [],
    }));
    undoOf.set(id, before);
    const made = { id, madeAt: timeFromNow(0), madeBy: 'maya', isUndo, isUndone: false };
    world.accessBatches = [
      { ...made, changes: Math.max(1, changes.length), samples },
      ...world.accessBatches,
    ];
    world.accessVersion += 1;
    return { kind: 'done' as const, batchId: id };
  };
  const refusal = (): BatchOutcome | null =>
    world.accessChanged.length > 0
      ? { kind: 'changed_meanwhile', cells: world.accessChanged }
      : world.accessOutcome;
  return {
    organizations: () => ({ organizations: world.accessOrganizations }),
    sides: () => ({
      principals: world.accessPrincipals,
      repositories: world.accessRepositories,
      isWhole: world.accessWhole,
    }),
    cells: ({ principals: rows, repositories: columns, used: isUseAsked = false }) => {
      const references = world.accessPrincipals.map(({ reference }) => reference);
      const names = world.accessRepositories.map(({ name }) => name);
      const top = indexAfter(references, rows.after?.reference ?? null);
      const left = indexAfter(names, columns.after);
      const people = world.accessPrincipals.slice(top, top + rows.count);
      const repositories = names.slice(left, left + columns.count);
      const facts = people.map((person) => repositories.map((name) => factsOf(world, person, name)));
      return {
        version: String(world.accessVersion),
        principals: people.map(({ reference }) => reference),
        repositories,
        rows: facts.map((row) => ({
          access: row.map(({ actions }) => hex(bitsOf(actions))).join(''),
          direct: row.map(({ own }) => hex(bitsOf(own?.actions ?? []))).join(''),
          via: row
            .map(({ rules, byGroup, isPublic, isDenied }) =>
              hex(
                (isDenied ? accessVia.denied : 0) +
                  (rules ? accessVia.role : 0) +
                  (byGroup.length > 0 ? accessVia.group : 0) +
                  (isPublic ? accessVia.public : 0),
              ),
            )
            .join(''),
        })),
        ends: facts.flatMap((cells, row) =>
          cells.flatMap(({ own }, column) => {
            const direct = own?.expiresAt ?? null;
            return direct === null ? [] : [{ row, column, direct, access: direct }];
          }),
        ),
        ...(isUseAsked && world.accessUsed !== null
          ? { used: usesOf(world.accessUsed, people, repositories) }
          : {}),
      };
    },
    explain: ({ principal, repository }) => {
      const found = world.accessPrincipals.find(({ reference }) => reference === principal);
      if (found === undefined) throw new KeyholdError('nobody_found');
      return explanationOf(world, found, repository);
    },
    whoCan: ({ repository }) => ({
      holders: world.accessPrincipals.flatMap((principal) => {
        const entry = entryOf(world, principal, repository);
        return entry === null ? [] : [{ principal, ...entry }];
      }),
      isWhole: world.accessWhole,
    }),
    whatCan: ({ principal: reference }) => {
      const principal = world.accessPrincipals.find((each) => each.reference === reference);
      if (principal === undefined) throw new KeyholdError('nobody_found');
      const repositories = world.accessRepositories.flatMap((repository) => {
        const entry = entryOf(world, principal, repository.name);
        return entry === null ? [] : [{ ...repository, ...entry }];
      });
      return { principal, repositories, isWhole: world.accessWhole };
    },
    preview: ({ changes }) => {
      const { gains, loses } = effectsOf(world, changes);
      const total = { gains: gains.length, loses: loses.length };
      const refused = world.accessRefused.slice(0, changes.length).map((code, index) => ({ index, code }));
      return { gains, loses, total, refused, ownAdminLost: world.accessOwnAdminLost };
    },
    apply: ({ changes }) => {
      const refused = refusal();
      if (refused !== null) return refused;
      const before = world.accessGrants;
      world.accessGrants = withChanges(before, changes);
      return make(changes, false, before);
    },
    batches: () => ({ batches: world.accessBatches.slice(0, 10) }),
    undo: ({ batchId }) => {
      const refused = refusal();
      if (refused !== null) return refused;
      const batch = world.accessBatches.find(({ id }) => id === batchId);
      if (batch === undefined) throw new KeyholdError('batch_gone');
      if (batch.isUndone) return { kind: 'undone_already' };
      const before = world.accessGrants;
      world.accessGrants = undoOf.get(batchId) ?? before;
      world.accessBatches = world.accessBatches.map((each) =>
        each === batch ? { ...each, isUndone: true } : each,
      );
      return make([], true, before);
    },
  };
}
