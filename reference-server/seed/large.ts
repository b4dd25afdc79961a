import { randomBytes } from 'node:crypto';
import { invitationSeconds } from '../../contracts/server-api/kisenon/invitations.ts';
import type { Tx } from '../db/write.ts';
import { writeActions } from '../db/grant-columns.ts';
import { hashSecret } from '../identity/secret-hash.ts';
import { newInvitationToken } from '../identity/invitation-tokens.ts';
import { demoId } from './demo-ids.ts';
import { newAccount } from '../identity/users.ts';

const day = 24 * 3600 * 1000;
/** Rows of one statement: no database takes any number of values. */
const chunk = 200;

/** An organization to be filled, and how much of everything it gets. */
export interface FillOrder {
  orgId: string;
  slug: string;
  /** Who made it all. */
  ownerId: string;
  now: Date;
  members: number;
  /** Open ones. */
  invitations: number;
  projects: number;
  /** Of the first project; the others have a few. */
  branches: number;
  apiKeys: number;
  bots: number;
  repositories: number;
}

/** What the organization of `--seed large` has. */
export const largeCounts = {
  ...{ members: 400, invitations: 120, projects: 150, branches: 300 },
  ...{ apiKeys: 350, bots: 80, repositories: 300 },
} as const;

/** Fills an organization for lists, searches and the matrix: the same at every start, but for times and secrets. */
export async function fillOrganization(tx: Tx, order: FillOrder): Promise<void> {
  await fillMembers(tx, order);
  await fillInvitations(tx, order);
  await fillProjects(tx, order);
  await fillApiKeys(tx, order);
  await fillBots(tx, order);
  await fillRepositories(tx, order);
}

async function insert<Row>(
  count: number,
  row: (index: number) => Row,
  put: (rows: Row[]) => Promise<unknown>,
): Promise<void> {
  const rows = Array.from({ length: count }, (_, index) => row(index));
  for (let begin = 0; begin < count; begin += chunk) await put(rows.slice(begin, begin + chunk));
}

const firstNames = [
  ...['Ada', 'Bruno', 'Chloé', 'Dmitri', 'Emine', 'Farid', 'Greta', 'Hugo', 'Ines', 'Jörg', 'Keiko', 'Lucía'],
  ...[
    'Mateo',
    'Nadia',
    'Özlem',
    'Pavel',
    'Quentin',
    'Rosa',
    'Søren',
    'Tove',
    'Uwe',
    'Vera',
    'Wiebke',
    'Yusuf',
  ],
];
const lastNames = [
  ...[
    'Andersen',
    'Baumgärtner',
    'Costa',
    'Demir',
    'Esposito',
    'Fischer',
    'García',
    'Haddad',
    'Ivanova',
    'Jansen',
  ],
  ...['Kowalski', 'Lindqvist', 'Müller-Lüdenscheidt', 'Novák', 'Okafor', 'Petrov', 'Rossi', 'Sato', 'Tanaka'],
];
const things = [
  'billing',
  'search',
  'website',
  'mobile',
  'reports',
  'gateway',
  'mailer',
  'archive',
  'editor',
];

const pick = <Item>(items: readonly Item[], index: number): Item => items[index % items.length] as Item;
/** Such as `billing-007`. */
const named = (index: number) => `${pick(things, index)}-${String(index).padStart(3, '0')}`;
const memberId = (slug: string, index: number) => demoId('u', `${slug} ${String(index)}`);
const projectId = (slug: string, index: number) => demoId('prj', `${slug} ${String(index)}`);
const branchId = (slug: string, project: number, branch: number) =>
  demoId('br', `${slug} ${String(project)} ${String(branch)}`);
/** Some time in the last year, each another. */
const before = (now: Date, index: number) =>
  new Date(now.getTime() - ((index * 37) % 365) * day).toISOString();

async function fillMembers(tx: Tx, { orgId, slug, now, members }: FillOrder): Promise<void> {
  const id = (index: number) => memberId(slug, index);
  await insert(
    members,
    (index) => ({ id: id(index), kind: 'user' as const }),
    (rows) => tx.insertInto('principals').values(rows).execute(),
  );
  await insert(
    members,
    (index) => ({
      id: id(index),
      username: `${slug}-${String(index).padStart(4, '0')}`,
      email: `${slug}-${String(index).padStart(4, '0')}@${slug}.example`,
      display_name: `${pick(firstNames, index)} ${pick(lastNames, index * 7)}`,
      status: 'active' as const,
      role: 'user' as const,
      ...newAccount,
      created_at: before(now, index),
    }),
    (rows) => tx.insertInto('users').values(rows).execute(),
  );
  const roleOf = (index: number) => (index % 40 === 0 ? 'admin' : index % 4 === 0 ? 'viewer' : 'member');
  await insert(
    members,
    (index) => ({
      ...({ org_id: orgId, user_id: id(index), role: roleOf(index) } as const),
      created_at: before(now, index),
    }),
    (rows) => tx.insertInto('memberships').values(rows).execute(),
  );
}

async function fillInvitations(tx: Tx, { orgId, slug, ownerId, now, invitations }: FillOrder): Promise<void> {
  await insert(
    invitations,
    (index) => ({
      id: demoId('inv', `${slug} ${String(index)}`),
      org_id: orgId,
      email: `new-${String(index).padStart(4, '0')}@${slug}.example`,
      role: index % 10 === 0 ? ('admin' as const) : ('member' as const),
      token_hash: newInvitationToken().hash,
      invited_by: ownerId,
      created_at: now.toISOString(),
      expires_at: new Date(now.getTime() + invitationSeconds * 1000).toISOString(),
      ended_at: null,
      ended_as: null,
    }),
    (rows) => tx.insertInto('invitations').values(rows).execute(),
  );
}

async function fillProjects(
  tx: Tx,
  { orgId, slug, ownerId, now, projects, branches }: FillOrder,
): Promise<void> {
  await insert(
    projects,
    (index) => ({
      id: projectId(slug, index),
      org_id: orgId,
      name: named(index),
      created_by: ownerId,
      created_at: before(now, index),
    }),
    (rows) => tx.insertInto('projects').values(rows).execute(),
  );
  const branchOf = (project: number, branch: number) => ({
    id: branchId(slug, project, branch),
    project_id: projectId(slug, project),
    name: branch === 0 ? 'main' : `feature/${named(branch)}`,
    is_default: branch === 0 ? (1 as const) : (0 as const),
    created_at: before(now, branch),
  });
  const put = (rows: ReturnType<typeof branchOf>[]) => tx.insertInto('branches').values(rows).execute();
  await insert(branches, (index) => branchOf(0, index), put);
  await insert((projects - 1) * 2, (index) => branchOf(1 + (index >> 1), index & 1), put);
}

async function fillApiKeys(tx: Tx, order: FillOrder): Promise<void> {
  const { orgId, slug, ownerId, now, projects, apiKeys } = order;
  const id = (index: number) => demoId('key', `${slug} ${String(index)}`);
  const kindOf = (index: number) => pick(['org', 'project', 'project', 'branch'] as const, index);
  await insert(
    apiKeys,
    (index) => {
      // Nobody has it.
      const secret = `nsk_${randomBytes(32).toString('base64url')}`;
      const isUsed = index % 3 !== 0;
      return {
        id: id(index),
        org_id: orgId,
        user_id: index % 2 === 0 ? ownerId : memberId(slug, index % order.members),
        name: `Deploy ${named(index)}`,
        secret_hash: hashSecret(secret),
        prefix: secret.slice(0, 8),
        scope_kind: kindOf(index),
        capability: pick(['read', 'read_write', 'agent'] as const, index),
        created_via: null,
        created_at: before(now, index),
        expires_at: index % 2 === 0 ? null : new Date(now.getTime() + (index + 1) * day).toISOString(),
        revoked_at: null,
        last_used_at: isUsed ? new Date(now.getTime() - index * 3_600_000).toISOString() : null,
        last_used_address: isUsed ? `203.0.113.${String(index % 250)}` : null,
        last_used_program: isUsed ? pick(['curl/8.9.1', 'keon/2.4', 'python-requests/2.32'], index) : null,
      };
    },
    (rows) => tx.insertInto('api_keys').values(rows).execute(),
  );
  const targetOf = (index: number) => {
    // Some projects have many.
    const project = index % Math.min(projects, 10);
    return kindOf(index) === 'project' ? projectId(slug, project) : branchId(slug, project, 0);
  };
  const scoped = Array.from({ length: apiKeys }, (_, index) => index).filter(
    (index) => kindOf(index) !== 'org',
  );
  await insert(
    scoped.length,
    (at) => ({ key_id: id(scoped[at] ?? 0), target_id: targetOf(scoped[at] ?? 0) }),
    (rows) => tx.insertInto('api_key_scopes').values(rows).execute(),
  );
}

const botId = (slug: string, index: number) => demoId('b', `${slug} ${String(index)}`);

async function fillBots(tx: Tx, { orgId, slug, ownerId, now, bots }: FillOrder): Promise<void> {
  await insert(
    bots,
    (index) => ({ id: botId(slug, index), kind: 'bot' as const }),
    (rows) => tx.insertInto('principals').values(rows).execute(),
  );
  const bot = { org_id: orgId, created_by: ownerId, deleted_at: null };
  await insert(
    bots,
    (index) => ({
      ...bot,
      id: botId(slug, index),
      name: `ci-${named(index)}`,
      created_at: before(now, index),
    }),
    (rows) => tx.insertInto('bots').values(rows).execute(),
  );
}

async function fillRepositories(tx: Tx, order: FillOrder): Promise<void> {
  const { orgId, slug, ownerId, now, repositories, members, bots } = order;
  const id = (index: number) => demoId('r', `${slug} ${String(index)}`);
  await insert(
    repositories,
    (index) => ({
      id: id(index),
      org_id: orgId,
      full_name: `${slug}/${named(index)}`,
      public: index % 25 === 0 ? (1 as const) : (0 as const),
      created_at: before(now, index),
    }),
    (rows) => tx.insertInto('repositories').values(rows).execute(),
  );
  // Three people and a bot for each.
  const principalOf = (index: number, nth: number) =>
    nth === 3 ? botId(slug, index % bots) : memberId(slug, (index * 3 + nth) % members);
  await insert(
    repositories * 4,
    (at) => ({
      id: demoId('g', `${slug} ${String(at)}`),
      repository_id: id(at >> 2),
      principal_id: principalOf(at >> 2, at & 3),
      actions: writeActions((at & 3) === 1 ? ['read'] : ['read', 'write']),
      effect: 'allow' as const,
      batch: null,
      created_by: ownerId,
      created_at: before(now, at),
      expires_at: at % 7 === 0 ? new Date(now.getTime() + (at + 1) * day).toISOString() : null,
    }),
    (rows) => tx.insertInto('grants').values(rows).execute(),
  );
}
