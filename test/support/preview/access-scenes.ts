import type { AccessPrincipalSummary, BatchSummary } from '../../../contracts/ipc/access.ts';
import type { RepositoryAction } from '../../../contracts/server-api/repositories.ts';
import { timeFromNow } from '../samples.ts';
import { teamId } from '../samples-team.ts';
import { groupId, samplePermissionsContext } from '../samples-users.ts';
import { samplePrincipal, type DirectGrant } from '../world-access.ts';
import type { World } from '../world.ts';

const day = 86_400;
const { capabilities } = samplePermissionsContext();
const contexts = [samplePermissionsContext({ org: 'acme', capabilities: [...capabilities, 'access'] })];

const levels: readonly RepositoryAction[][] = [
  ['read'],
  ['read', 'write'],
  ['read', 'write', 'delete'],
  ['read', 'write', 'delete', 'admin'],
  ['write'],
  ['read', 'delete'],
];

/** A number that is the same in each picture, and looks like none of a pattern. */
function mixed(row: number, column: number): number {
  let value = (row * 374_761_393 + column * 668_265_263) >>> 0;
  value = Math.imul(value ^ (value >>> 13), 1_274_126_177) >>> 0;
  return (value ^ (value >>> 16)) >>> 0;
}

const groupNames = ['designers', 'developers', 'platform', 'release', 'security', 'support'];
const people = [
  ...['amara', 'chiara', 'diego', 'elif', 'farid', 'greta', 'hiro', 'ines', 'jonas', 'kofi', 'lena', 'maya'],
  ...[
    'noor',
    'omar',
    'priya',
    'quentin',
    'rosa',
    'sofia',
    'tomás',
    'uma',
    'viktor',
    'wanjiru',
    'xin',
    'yara',
  ],
];
const botNames = ['acme/deploy', 'acme/mirror', 'acme/nightly', 'acme/release'];
const repositoryNames = [
  ...[
    'api',
    'api-gateway',
    'auth',
    'base',
    'billing',
    'billing-worker',
    'cache',
    'catalog',
    'checkout',
    'cli',
  ],
  ...[
    'dashboard',
    'docs',
    'email',
    'events',
    'frontend',
    'gateway-internal-service-mesh-sidecar',
    'images',
    'jobs',
  ],
  ...[
    'ledger',
    'mailer',
    'metrics',
    'mobile/api',
    'mobile/web',
    'notifications',
    'payments',
    'reports',
    'search',
  ],
  ...['storage', 'tools/builder', 'tools/linter', 'web', 'workers'],
];

function groupsOf(index: number): string[] {
  return groupNames.flatMap((_name, group) =>
    mixed(index, group + 77) % 4 === 0 ? `group:${groupId(group + 1)}` : [],
  );
}

function principals(names: readonly string[] = people): AccessPrincipalSummary[] {
  return [
    ...groupNames.map((name, index) =>
      samplePrincipal({ reference: `group:${groupId(index + 1)}`, kind: 'group', name }),
    ),
    ...names.map((name, index) =>
      samplePrincipal({
        ...{ reference: `user:${teamId('u', index + 1)}`, name, groups: groupsOf(index) },
        role: name === 'maya' ? 'owner' : index % 5 === 4 ? null : 'member',
        active: name !== 'omar',
      }),
    ),
    ...botNames.map((name) => samplePrincipal({ reference: `bot:${name}`, kind: 'bot', name })),
  ];
}

/** One cell in five is granted directly, one in forty ends. */
function grants(rows: readonly AccessPrincipalSummary[], columns: readonly string[]): DirectGrant[] {
  return rows.flatMap(({ reference }, row) =>
    columns.flatMap((repository, column): DirectGrant[] => {
      const number = mixed(row, column);
      if (number % 5 !== 0) return [];
      const actions = levels[number % 97 === 0 ? 4 : number % 89 === 0 ? 5 : number % 4] ?? [];
      const expiresAt = number % 8 === 0 ? timeFromNow(((number % 60) + 1) * day) : null;
      return [{ principal: reference, repository, actions, expiresAt }];
    }),
  );
}

/** A team as it is: six groups, two dozen people, four bots, thirty-two repositories. */
export function teamAccess(facts: Partial<World> = {}): Partial<World> {
  const accessPrincipals = principals();
  const names = repositoryNames.map((name) => `acme/${name}`);
  return {
    contexts,
    accessPrincipals,
    accessRepositories: names.map((name) => ({ name, public: name === 'acme/base' || name === 'acme/docs' })),
    accessGrants: grants(accessPrincipals, names),
    accessDenied: accessPrincipals.flatMap(({ reference }, row) =>
      names.flatMap((repository, column) =>
        mixed(row, column) % 61 === 0 ? { principal: reference, repository } : [],
      ),
    ),
    accessBatches: batches(),
    ...facts,
  };
}

function batches(): BatchSummary[] {
  const sample = (
    principal: string,
    repository: string,
    before: RepositoryAction[],
    after: RepositoryAction[],
  ) => ({
    ...{ principal, repository, before, after },
  });
  const made = (index: number, facts: Partial<BatchSummary>): BatchSummary => ({
    id: `bat_${'a'.repeat(20)}${String.fromCharCode(97 + index)}`,
    madeAt: timeFromNow(-3600 * (index * index + 1)),
    madeBy: 'maya',
    changes: 1,
    samples: [sample('jonas', 'acme/web', ['read'], ['read', 'write'])],
    isUndo: false,
    isUndone: false,
    ...facts,
  });
  return [
    made(0, {}),
    made(1, {
      changes: 240,
      samples: [
        sample('developers', 'acme/api', [], ['read', 'write']),
        sample('developers', 'acme/auth', [], ['read', 'write']),
        sample('developers', 'acme/billing', ['read'], ['read', 'write']),
      ],
      madeBy: 'priya',
    }),
    made(2, {
      isUndo: true,
      samples: [sample('acme/nightly', 'acme/docs', ['read', 'write', 'delete', 'admin'], [])],
    }),
    made(3, {
      isUndone: true,
      samples: [sample('acme/nightly', 'acme/docs', [], ['read', 'write', 'delete', 'admin'])],
    }),
  ];
}

const longWord = 'verkehrsinfrastrukturplanungsdatenverarbeitung';

/** Names of many letters, of a script from right to left, and a German office. */
export function longAccess(): Partial<World> {
  const accessPrincipals = principals([
    `${longWord}-nordwest-${'sachbearbeitung-'.repeat(14)}eins`,
    'wilhelmina-christiane-freifrau-von-hohenstein',
    'عبد الرحمن الكاتب',
    'שירה לוי',
    ...people,
  ]);
  const names = repositoryNames.map(
    (name, index) => `acme/${index % 2 === 0 ? `${longWord}-${name}` : name}`,
  );
  return teamAccess({
    accessPrincipals,
    accessRepositories: names.map((name) => ({ name, public: false })),
    accessGrants: grants(accessPrincipals, names),
    accessDenied: [],
    accessOrganizations: [
      { slug: 'acme', name: 'Bundesanstalt für Verkehrsinfrastrukturplanungsdatenverarbeitung Nordwest' },
      { slug: 'northwind', name: 'Northwind' },
    ],
  });
}

/** What the main process knows in the pictures of permissions. */
export const accessScenes = {
  access: () => teamAccess(),
  accessSeveral: () =>
    teamAccess({
      accessOrganizations: [
        { slug: 'acme', name: 'Acme Industries' },
        { slug: 'northwind', name: 'Northwind' },
      ],
    }),
  accessLong: longAccess,
  accessNone: () => ({ contexts, accessOrganizations: [] }),
  accessNoRepositories: () => teamAccess({ accessRepositories: [] }),
  accessCut: () => teamAccess({ accessWhole: false }),
  accessOffline: () => teamAccess({ failures: { 'access.organizations': { code: 'server_unreachable' } } }),
  accessForbidden: () => teamAccess({ failures: { 'access.sides': { code: 'repository_admin_needed' } } }),
  accessCellsFail: () => teamAccess({ failures: { 'access.cells': { code: 'server_unreachable' } } }),
  accessLoading: () => teamAccess({ hanging: ['access.cells'] }),
  accessHangs: () => teamAccess({ hanging: ['access.apply'] }),
  accessUnknown: () => teamAccess({ accessOutcome: { kind: 'unknown' } }),
  accessRefused: () =>
    teamAccess({
      accessRefused: ['principal_gone', 'admin_needed', 'end_passed'],
      accessOwnAdminLost: ['acme/api', 'acme/auth'],
    }),
  accessChanged: () =>
    teamAccess({
      accessChanged: [
        {
          principal: samplePrincipal({ reference: `group:${groupId(1)}`, kind: 'group', name: 'designers' }),
          repository: 'acme/api',
          actions: ['read'],
          changedBy: 'priya',
          changedAt: timeFromNow(-60),
        },
      ],
    }),
  accessNoBatches: () => teamAccess({ accessBatches: [] }),
} satisfies Readonly<Record<string, () => Partial<World>>>;
